"""What is wrong with the form of a design, or should be known about it: live messages beside their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from decision_widgets.cards.design_copy import COPY
from decision_widgets.cards.design_form import Form, chosen, looks_like_who
from decision_widgets.cards.design_texts import NOT_READ, effect_of, share_of, tidy, whole_of
from decision_widgets.cards.design_within import within_messages
from decision_widgets.data.profile import ColumnProfile, TableProfile
from decision_widgets.views.numbers import integer

Message = dict[str, Any]
TOLERANCE: Final = 1e-6
LEAST_PER_ARM: Final = 10
_REQUIRED: Final = ("NO_TIME", "NO_ARM", "NO_METRIC", "NO_REGIONS")


def say(code: str, *fields: str, step: str | None = None, **facts: object) -> Message:
    """Fill in the sentences of a code; the first of `fields` is its path. `open` marks what was not answered yet."""
    return _said(code, fields, facts, step)


def _said(code: str, fields: Sequence[str], facts: Mapping[str, object], step: str | None = None) -> Message:
    severity, usual, *sentences = COPY[code]
    title, text, do = (_filled(sentence, facts) for sentence in sentences)
    return {
        "sev": severity, "code": code, "title": title, "text": text, "do": do, "path": fields[0] if fields else "",
        "fields": list(fields), "step": step or usual, "open": code in _REQUIRED,
    }  # fmt: skip


def messages_of(form: Form, profile: TableProfile | None, likeness: Mapping[str, Any] | None) -> list[Message]:
    """List every message of a form, step by step; those of severity ``"error"`` leave it without a design."""
    columns = {} if profile is None else {each.name: each for each in profile.columns}
    between = form["design"] == "between"
    found = [*_data_messages(form, columns), *_metric_messages(form, profile, columns)]
    if between:
        found += [*_arm_messages(form), *_cluster_messages(form, profile, columns, likeness)]
    else:
        found += [_said(code, fields, facts) for code, fields, facts in within_messages(form)]
    return [*found, *_plan_messages(form)]


def _filled(sentence: str, facts: Mapping[str, object]) -> str:
    for name, value in facts.items():
        sentence = sentence.replace(f"{{{name}}}", str(value))
    return sentence


def named_columns(form: Form) -> dict[str, str]:
    """Return which column has which part in the design, in the words of its fields."""
    parts = ("participant", "arm", "time") if form["design"] == "between" else ("time", "arm", "region")
    return {part: form[part].strip() for part in parts if form[part].strip()}


def _data_messages(form: Form, columns: Mapping[str, ColumnProfile]) -> Iterator[Message]:
    parts = named_columns(form)
    if form["design"] == "switchback" and "time" not in parts:
        yield say("NO_TIME", "time")
    if form["design"] == "between" and "arm" not in parts:
        yield say("NO_ARM", "arm")
    seen: dict[str, str] = {}
    for part, column in parts.items():
        if column in seen:
            yield say("SAME_COLUMN", part, seen[column], column=column, one=seen[column], other=part)
        seen.setdefault(column, part)
        if columns and part != "arm" and column not in columns:
            yield say("COLUMN_NOT_FOUND", part, column=column, role=part)
        known = columns.get(column)
        if part == "time" and known is not None and known.type not in ("date", "timestamp", "text"):
            yield say("NOT_A_TIME", "time", column=column, type=known.type)
    for at, column in enumerate(form["strata"] if form["design"] == "between" else ()):
        if columns and column not in columns:
            yield say("COLUMN_NOT_FOUND", f"strata.{at}", step="assignment", column=column, role="stratum")


def _metric_messages(
    form: Form, profile: TableProfile | None, columns: Mapping[str, ColumnProfile]
) -> Iterator[Message]:
    metrics = chosen(form)
    yield from _primary_messages(form, metrics)
    names = [metric["name"].strip() for _, metric in metrics]
    for place, (at, metric) in enumerate(metrics):
        name, path = names[place], f"metrics.{at}"
        if not name:
            yield say("METRIC_NAME", f"{path}.name")
            continue
        if name in names[:place]:
            yield say("SAME_NAME", f"{path}.name", metric=name)
        yield from _column_messages(form, metric, name, path, columns, profile)
        yield from _size_messages(metric, name, path)


def _primary_messages(form: Form, metrics: list[tuple[int, Form]]) -> Iterator[Message]:
    primary = [f"metrics.{at}.role" for at, metric in metrics if metric["role"] == "primary"]
    if not metrics:
        yield say("NO_METRIC", *(f"metrics.{at}.role" for at in range(len(form["metrics"]))), who=who_words(form))
    elif not primary:
        yield say("NO_PRIMARY", *(f"metrics.{at}.role" for at, _ in metrics))
    elif len(primary) > 1:
        yield say("ONE_PRIMARY", *primary, n=len(primary))


def who_words(form: Form) -> str:
    """Say who takes part, in the user's word where its column tells it."""
    if form["design"] == "switchback":
        return "days"
    stem = form["participant"].removesuffix("_id")
    plain = stem.isascii() and stem.isalpha() and stem.islower() and 2 < len(stem) < 20
    return f"{stem}s" if plain and form["participant"].endswith("_id") else "participants"


def _column_messages(
    form: Form,
    metric: Form,
    name: str,
    path: str,
    columns: Mapping[str, ColumnProfile],
    profile: TableProfile | None,
) -> Iterator[Message]:
    ratio = metric["kind"] == "ratio"
    if ratio and not (metric["numerator"] and metric["denominator"]):
        yield say("RATIO_PARTS", f"{path}.numerator", f"{path}.denominator", metric=name)
        return
    parts = named_columns(form)
    pairs = ("numerator", "denominator") if ratio else ("name",)
    for part in pairs:
        column = name if part == "name" else metric[part]
        role = next((role for role, each in parts.items() if each == column), None)
        divides = part == "denominator" and role in ("participant", "time")
        if role is not None and not divides:
            yield say("ROLE_CLASH", f"{path}.{part}", metric=name, column=column, role=role)
        elif columns and column not in columns:
            yield say("METRIC_COLUMN", f"{path}.{part}", metric=name, column=column)
        elif columns and not divides:
            yield from _held_messages(metric, name, f"{path}.{part}", columns[column], profile)
    for covariate in metric["covariates"]:
        held = columns.get(covariate)
        if held is not None and held.missing and profile is not None:
            share = f"{tidy(round(1000 * held.missing / profile.rows) / 10)}%"
            yield say(
                "COVARIATE_MISSING", f"{path}.covariates", n=integer(held.missing), percent=share, covariate=covariate
            )


def _held_messages(
    metric: Form, name: str, path: str, held: ColumnProfile, profile: TableProfile | None
) -> Iterator[Message]:
    if held.reason is not None:
        remedy = held.remedy or "check the column"
        yield say("COLUMN_NOT_NUMERIC", path, metric=name, reason=held.reason, remedy=remedy)
    elif held.distinct == 1 and profile is not None and metric["kind"] != "ratio":
        value = held.sample[0] if held.sample else "one value"
        yield say("NO_VARIATION", path, metric=name, n=integer(profile.rows - held.missing), value=value)
    elif metric["kind"] == "binary" and held.distinct is not None and held.distinct > 2:
        yield say("NOT_BINARY", f"{path.rpartition('.')[0]}.kind", metric=name, n=integer(held.distinct))


def _size_messages(metric: Form, name: str, path: str) -> Iterator[Message]:
    field = "limit" if metric["role"] == "guardrail" else "effect"
    found = effect_of(metric[field])
    if found is NOT_READ or (isinstance(found, float) and found >= 1):
        yield say("BAD_SIZE", f"{path}.{field}", metric=name, typed=metric[field].strip())
    elif found is None and metric["role"] == "guardrail":
        yield say("NO_LIMIT", f"{path}.limit", metric=name)
    elif found is None and metric["role"] == "primary":
        yield say("NO_EFFECT", f"{path}.effect", metric=name)


def _arm_messages(form: Form) -> Iterator[Message]:
    arms = form["arms"]
    names = [arm["name"].strip() for arm in arms]
    wrong = [f"arms.{at}.name" for at, name in enumerate(names) if not name or name in names[:at]]
    if wrong:
        yield say("ARM_NAMES", *wrong)
    if len(arms) == 1:
        yield say("ARMS_FROM_DATA")
        return
    shares = [share_of(arm["share"]) for arm in arms]
    for at, (name, share) in enumerate(zip(names, shares, strict=True)):
        if share is NOT_READ:
            yield say("BAD_SHARE", f"arms.{at}.share", arm=name or "an arm")
    known = [share for share in shares if isinstance(share, float)]
    if len(known) == len(shares) and abs(sum(known) - 1) > TOLERANCE:
        change = 100 - 100 * sum(known)
        yield say(
            "ALLOCATION_SUM", *(f"arms.{at}.share" for at in range(len(arms))), sum=tidy(100 * sum(known)),
            change=f"{'+' if change > 0 else ''}{tidy(change)}",
        )  # fmt: skip


def _cluster_messages(
    form: Form,
    profile: TableProfile | None,
    columns: Mapping[str, ColumnProfile],
    likeness: Mapping[str, Any] | None,
) -> Iterator[Message]:
    who = columns.get(form["participant"])
    if profile is None:
        return
    if not form["participant"]:
        known = [each for each in profile.columns if looks_like_who(each, profile.rows)]
        best = max(known, key=lambda each: each.distinct or 0) if known else None
        if best is not None and best.distinct:
            told = likeness if likeness and likeness["participant"] == best.name else None
            much = "some" if told is None else f"{round(100 * (1 - told['design_effect'] ** -0.5))}%"
            each = tidy(profile.rows / best.distinct)
            yield say("CLUSTER_BELOW_RANDOMISATION", "participant", percent=much, column=best.name, each=each)
        return
    shares = [share for arm in form["arms"] if isinstance(share := share_of(arm["share"]), float)]
    smallest = min(shares, default=0.5)
    if who is not None and who.distinct is not None and who.distinct * smallest < LEAST_PER_ARM:
        remedy = "randomise by something smaller"
        yield say("FEW_CLUSTERS", "participant", n=integer(who.distinct), remedy=remedy)


def _plan_messages(form: Form) -> Iterator[Message]:
    if form["design"] == "between":
        for key, what, example in (
            ("planned_participants", "Planned participants", "41,200"),
            ("planned_days", "Planned days", "14"),
        ):
            if whole_of(form[key]) in (NOT_READ, 0):
                yield say(
                    "BAD_WHOLE",
                    key,
                    step="power",
                    what=what,
                    above=" above 0",
                    typed=form[key].strip(),
                    example=example,
                )
        if whole_of(form["planned_days"]) not in (None, NOT_READ, 0) and not form["time"]:
            yield say("DAYS_NEED_TIME", "planned_days", "time")
    lift = effect_of(form["lift"])
    if lift is NOT_READ or lift == 0:
        yield say("BAD_LIFT", "lift", typed=form["lift"].strip())
