"""The plan so far: one sentence that a product manager can repeat, and the checks under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from decision_widgets.cards.design_form import Form, chosen
from decision_widgets.cards.design_messages import who_words
from decision_widgets.cards.design_texts import effect_of, share_of, tidy
from decision_widgets.cards.design_within import LEAST_CLUSTERS, WEEK, fits, round_half_up, slots_of
from decision_widgets.data.profile import TableProfile
from decision_widgets.design.clock import as_length
from decision_widgets.design.schedule import alias_problem

Piece = dict[str, Any]
_PARTS: Final = {
    "0.5": "half",
    "0.3333": "a third",
    "0.25": "a quarter",
    "0.6667": "two thirds",
    "0.75": "three quarters",
}
_CLUSTERS: Final = {
    "draw": "draws",
    "slot": "slots",
    "region-slot": "region-slots",
    "day": "days",
    "region-day": "region-days",
    "region": "regions",
}
MUCH_MISSING: Final = 0.2


def plan_of(form: Form) -> list[Piece]:
    """Write the plan as pieces of text, some of them strong; fields that are still open are dots."""
    metrics = [metric for _, metric in chosen(form)]
    opening = _between_opening(form) if form["design"] == "between" else _within_opening(form)
    primary = [metric["name"].strip() for metric in metrics if metric["role"] == "primary"]
    checked = [metric["name"].strip() for metric in metrics if metric["role"] == "secondary"]
    guarded = [metric["name"].strip() for metric in metrics if metric["role"] == "guardrail"]
    pieces = [*opening, _piece(" Judge by "), _piece(_and(primary) or "…", strong=True)]
    if checked:
        pieces.append(_piece(f", check {_and(checked)}"))
    if guarded:
        verb = "gets" if len(guarded) == 1 else "get"
        pieces.append(_piece(f", and stop if {_and(guarded, 'or')} {verb} worse"))
    return [*pieces, _piece(".")]


def checks_of(form: Form, profile: TableProfile | None) -> list[tuple[str, str]]:
    """List what was checked, each with its tone: ``"good"`` or ``"warn"``."""
    own = _between_checks(form) if form["design"] == "between" else _within_checks(form)
    return [(("good" if well else "warn"), text) for well, text in (*own, *_metric_checks(form, profile))]


def summary_of(form: Form, rows: int | None) -> list[str]:
    """Return what stands under the name of each of the five steps."""
    metrics = [metric for _, metric in chosen(form)]
    counts = {role: sum(metric["role"] == role for metric in metrics) for role in ("primary", "secondary", "guardrail")}
    said = [f"{n} {role}{'s' if role == 'guardrail' and n > 1 else ''}" for role, n in counts.items() if n]
    between = form["design"] == "between"
    data = {"frame": f"{rows:,} rows" if rows else "a table", "typed": "typed numbers", "store": "common metrics"}
    shares = " / ".join(_percent(share_of(arm["share"])) for arm in form["arms"])
    slots = (
        f"{len(form['regions'])} regions × {form['slot'] or '…'}"
        if form["region"]
        else f"slots of {form['slot'] or '…'}"
    )
    return [
        "Between-subject" if between else "Switchback",
        data.get(form["source"], "none yet" if form["source"] == "none" else "a summary"),
        ", ".join(said) or "none yet",
        f"{form['participant'] or 'every row'}, {shares}" if between else slots,
        "participants and days" if between else "guideline and simulation",
    ]


def _between_opening(form: Form) -> list[Piece]:
    who = who_words(form)
    treatments = form["arms"][1:]
    pieces = [_piece("Give ")]
    for at, arm in enumerate(treatments):
        share = _part(share_of(arm["share"]))
        pieces.append(_piece("" if at == 0 else " and " if at == len(treatments) - 1 else ", "))
        pieces += [_piece(f"{share} of "), _piece(who, strong=True)] if at == 0 else [_piece(share)]
        pieces += [_piece(" the arm "), _piece(arm["name"].strip() or "…", strong=True)]
    if not treatments:
        pieces += [_piece(who, strong=True), _piece(" the arms of the data")]
    return [*pieces, _piece(f"; the rest stay with {form['arms'][0]['name'].strip() or '…'}.")]


def _within_opening(form: Form) -> list[Piece]:
    n = len(form["regions"])
    where = f"{n} region{'' if n == 1 else 's'}" if form["region"] else "everybody"
    names = [arm["name"].strip() for arm in form["arms"][:2]]
    control, treatment = [
        name or usual for name, usual in zip((*names, "", ""), ("control", "treatment"), strict=False)
    ]
    return [
        _piece("Switch "), _piece(where, strong=True), _piece(" between "), _piece(control, strong=True),
        _piece(" and "), _piece(treatment, strong=True), _piece(" every "),
        _piece(form["slot"].strip() or "…", strong=True), _piece(f" for {form['days'].strip() or '…'} days."),
    ]  # fmt: skip


def _between_checks(form: Form) -> Iterator[tuple[bool, str]]:
    who = form["participant"]
    yield bool(who), f"Randomised and clustered by {who}" if who else "Every row counts as one participant"
    shares = [share_of(arm["share"]) for arm in form["arms"]]
    if len(shares) > 1:
        known = [share for share in shares if isinstance(share, float)]
        well = len(known) == len(shares) and abs(sum(known) - 1) <= 1e-6
        yield well, "Shares add up to 100%" if well else "Shares do not add up to 100%"


def _within_checks(form: Form) -> Iterator[tuple[bool, str]]:
    slots = slots_of(form)
    if slots is None:
        yield False, "Slots cannot be cut yet"
        return
    burnt = slots.burn_in / slots.slot
    yield (
        3 * slots.burn_in <= slots.slot,
        f"Burn-in takes {round_half_up(100 * burnt)}% of every slot of {as_length(slots.slot)}",
    )
    if fits(slots):
        n, unit = slots.n_clusters(), _CLUSTERS[slots.cluster]
        enough = n >= LEAST_CLUSTERS
        yield enough, f"{n:,} clusters ({unit}), {'at least' if enough else 'fewer than'} {LEAST_CLUSTERS}"
        free = form["schedule"] is not None or alias_problem(slots.schedule()) is None
        yield free, "The schedule is left to chance" if free else "The schedule is tied to the clock"
    whole = slots.days % WEEK == 0
    yield whole, f"{slots.days} days are whole weeks" if whole else f"{slots.days} days are not whole weeks"


def _metric_checks(form: Form, profile: TableProfile | None) -> Iterator[tuple[bool, str]]:
    metrics = [metric for _, metric in chosen(form)]
    primary = [metric for metric in metrics if metric["role"] == "primary"]
    one = len(primary) == 1
    sized = one and isinstance(effect_of(primary[0]["effect"]), float)
    yield sized, (
        "One primary metric with a smallest effect" if sized else "One primary metric, without a smallest effect"
        if one else f"{len(primary)} primary metrics"
    )  # fmt: skip
    guards = [metric for metric in metrics if metric["role"] == "guardrail"]
    if guards:
        limited = all(isinstance(effect_of(metric["limit"]), float) for metric in guards)
        yield limited, "Guardrails have limits" if limited else "A guardrail has no limit"
    for each in () if profile is None else profile.columns:
        share = each.missing / profile.rows if profile is not None else 0.0
        if share > MUCH_MISSING and any(metric["name"] == each.name for metric in metrics):
            yield False, f"{each.name} is missing in {round_half_up(100 * share)}% of rows"


def _piece(text: str, *, strong: bool = False) -> Piece:
    return {"text": text, "strong": strong}


def _and(names: Sequence[str], word: str = "and") -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def _part(share: object) -> str:
    if not isinstance(share, float):
        return "…"
    return _PARTS.get(f"{share:.4f}".rstrip("0"), f"{tidy(100 * share)}%")


def _percent(share: object) -> str:
    return tidy(100 * share) if isinstance(share, float) else "…"
