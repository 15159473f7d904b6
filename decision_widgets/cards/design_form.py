"""The form of a design: raw texts, field by field, read into the words of a design and made from one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from decision_widgets.cards.design_texts import (
    NOT_READ,
    effect_of,
    effect_text,
    length_text,
    minutes_of,
    moment_of,
    share_of,
    share_text,
    whole_of,
)
from decision_widgets.data.profile import ColumnProfile, TableProfile
from decision_widgets.design import BetweenSubject, Metric, Switchback, draw_schedule
from decision_widgets.design.clock import as_length
from decision_widgets.errors import InputError

Form = Mapping[str, Any]
Words = dict[str, Any]
SUGGESTED: Final = 12
USUAL_ARMS: Final = ("control", "treatment")
_WHO: Final = re.compile(
    r"(^|_)(id|uuid|user|rider|customer|driver|account|member|participant|person)s?(_|$)|[a-z]I[dD]$"
)
_OF_METRIC: Final = ("name", "kind", "numerator", "denominator", "role", "direction", "covariates")
_BETWEEN: Final = (
    "participant", "arm", "control", "arms", "metrics", "time", "strata", "name", "planned_participants",
    "planned_days",
)  # fmt: skip
_WITHIN: Final = (
    "time", "slot", "metrics", "arm", "control", "treatment", "region", "regions", "assignment", "burn_in",
    "carryover", "schedule", "seed", "timezone", "cluster", "name", "planned_days",
)  # fmt: skip


def empty_form() -> dict[str, Any]:
    """Return the form as it opens when nothing is known."""
    return {
        "design": "between",
        "name": "",
        "question": "",
        "source": "none",
        "typed": {},
        "participant": "",
        "time": "",
        "arm": "variant",
        "metrics": [],
        "arms": [{"name": name, "share": "50"} for name in USUAL_ARMS],
        "strata": [],
        "lift": "",
        "planned_participants": "",
        "planned_days": "",
        "region": "",
        "regions": [],
        "together": False,
        "slot": "1h",
        "burn_in": "15min",
        "carryover": "",
        "days": "14",
        "start": "",
        "seed": "0",
        "assignment": "pairs",
        "cluster": "draw",
        "timezone": "",
        "schedule": None,
        "kept": {},
    }


def metric_form(name: str, **given: Any) -> dict[str, Any]:
    """Return the fields of one metric."""
    usual = {
        "name": name,
        "role": "ignore",
        "kind": "",
        "direction": "increase",
        "effect": "",
        "limit": "",
        "numerator": "",
        "denominator": "",
        "covariates": [],
        "kept": {},
    }
    return usual | given


def suggested_form(profile: TableProfile) -> dict[str, Any]:
    """Fill in what a table makes likely: who, when, and which columns could be metrics. Nothing is chosen as one."""
    form = empty_form() | {"source": "frame"}
    who = who_column(profile)
    when = next((each.name for each in profile.columns if each.type in ("timestamp", "date")), "")
    arm = next((each.name for each in profile.columns if each.name in ("variant", "arm", "group")), "")
    form |= {"participant": who, "time": when} | ({"arm": arm} if arm else {})
    of_arm = next((each for each in profile.columns if each.name == arm), None)
    if of_arm is not None and "control" in of_arm.levels and len(of_arm.levels) == 2:
        others = [level for level in of_arm.levels if level != "control"]
        form["arms"] = [{"name": name, "share": "50"} for name in ("control", *others)]
    taken = {who, when, arm}
    numeric = [each.name for each in profile.columns if each.kind is not None and each.name not in taken]
    form["metrics"] = [metric_form(name) for name in numeric if not name.startswith("pre_")][:SUGGESTED]
    return form


def who_column(profile: TableProfile) -> str:
    """Name the column that looks like who took part; nothing when none does."""
    known = [each for each in profile.columns if looks_like_who(each, profile.rows)]
    return max(known, key=lambda each: each.distinct or 0).name if known else ""


def looks_like_who(column: ColumnProfile, rows: int) -> bool:
    """Tell whether a column looks like one of identifiers, some of which repeat."""
    many = column.distinct is not None and 20 <= column.distinct < rows
    return many and column.type in ("integer", "text") and _WHO.search(column.name) is not None


def form_of(design: BetweenSubject | Switchback) -> dict[str, Any]:
    """Write a design as a form; what the fields do not show is kept and comes back."""
    form = empty_form() | {"design": "between" if isinstance(design, BetweenSubject) else "switchback"}
    plain = design._to_plain()
    shown = _BETWEEN if isinstance(design, BetweenSubject) else _WITHIN
    kept = {key: value for key, value in plain.items() if key not in shown and key != "design"}
    form["kept"] = {form["design"]: kept} if kept else {}
    form["metrics"] = [_metric_form_of(metric) for metric in design.metrics]
    form["name"], form["arm"], form["time"] = design.name or "", design.arm or "", design.time or ""
    return form | (_between_fields(design) if isinstance(design, BetweenSubject) else _within_fields(design, form))


def _metric_form_of(metric: Metric) -> dict[str, Any]:
    plain = metric._to_plain()
    shown = (*_OF_METRIC, "limit", *(() if metric.role == "guardrail" else ("minimum_effect",)))
    return metric_form(
        metric.name,
        role=metric.role,
        kind="ratio" if metric.numerator is not None else metric.kind or "",
        direction=metric.direction,
        effect="" if metric.role == "guardrail" else effect_text(metric.minimum_effect),
        limit=effect_text(metric.limit),
        numerator=metric.numerator or "",
        denominator=metric.denominator or "",
        covariates=list(metric.covariates),
        kept={key: value for key, value in plain.items() if key not in shown},
    )


def _between_fields(design: BetweenSubject) -> dict[str, Any]:
    arms = [{"name": design.control, "share": ""}]
    if design.arms is not None:
        arms = [{"name": arm.name, "share": share_text(arm.share)} for arm in design.arms]
    return {
        "participant": design.participant or "",
        "arms": arms,
        "strata": list(design.strata),
        "planned_participants": _text(design.planned_participants),
        "planned_days": _text(design.planned_days),
    }


def _within_fields(design: Switchback, form: Form) -> dict[str, Any]:
    given = {
        "arms": [{"name": name or "", "share": ""} for name in (design.control, design.treatment)],
        "region": design.region or "",
        "together": design.region is not None and design.regions == "together",
        "slot": length_text(design.slot),
        "burn_in": length_text(design.burn_in),
        "carryover": length_text(design.carryover),
        "days": _text(design.planned_days),
        "seed": str(design.seed),
        "assignment": design.assignment,
        "cluster": design.cluster,
        "timezone": design.timezone or "",
    }
    planned = design.schedule
    if planned is None:
        return given
    days, regions = planned.days, list(planned.arms)
    given |= {"start": planned.start, "regions": [] if design.region is None else regions}
    if design.planned_days is None or design.planned_days != days:
        given["kept"] = {"switchback": {**form["kept"].get("switchback", {}), "planned_days": design.planned_days}}
    given["days"] = str(int(days)) if days == int(days) else given["days"]
    if not _is_what_would_be_drawn(design, given):
        given["schedule"] = {key: value for key, value in planned.to_dict().items() if value is not None}
    return given


def _is_what_would_be_drawn(design: Switchback, given: Form) -> bool:
    planned = design.schedule
    assert planned is not None
    if planned.seed is not None or planned.days != int(planned.days):
        return False
    try:
        drawn = draw_schedule(design, start=planned.start, days=int(planned.days), regions=given["regions"])
    except InputError:
        return False
    return dict(drawn.arms) == dict(planned.arms)


def words_of(form: Form) -> Words:
    """Write the form as the words of its design, without a schedule to be drawn; unread fields are left out."""
    words = _between_words(form) if form["design"] == "between" else _within_words(form)
    # What is kept for this kind of design wins; nothing as its value takes the word away.
    words |= deepcopy(dict(form["kept"].get(form["design"], {})))
    return {key: value for key, value in words.items() if value is not None or key == "participant"}


def chosen(form: Form) -> list[tuple[int, Form]]:
    """Return the metrics that are not ignored, each with its place in the form."""
    return [(at, metric) for at, metric in enumerate(form["metrics"]) if metric["role"] != "ignore"]


def metric_words(metric: Form) -> Words:
    """Write one metric as its words, those left at their default left out."""
    ratio = metric["kind"] == "ratio"
    guards = metric["role"] == "guardrail"
    words: Words = {
        "name": metric["name"].strip(),
        "kind": None if ratio else metric["kind"] or None,
        "numerator": (metric["numerator"] or None) if ratio else None,
        "denominator": (metric["denominator"] or None) if ratio else None,
        "role": None if metric["role"] == "primary" else metric["role"],
        "direction": None if metric["direction"] == "increase" else metric["direction"],
        "minimum_effect": None if guards else effect_of(metric["effect"]),
        "limit": effect_of(metric["limit"]) if guards else None,
        "covariates": list(metric["covariates"]) or None,
    }
    if guards:
        words |= deepcopy(dict(metric["kept"]))
    return {key: value for key, value in words.items() if value is not None and value is not NOT_READ}


def _between_words(form: Form) -> Words:
    arms = form["arms"]
    return {
        "design": "between-subject",
        "name": form["name"].strip() or None,
        "participant": form["participant"] or None,
        "arm": form["arm"].strip(),
        "control": arms[0]["name"].strip(),
        "arms": {arm["name"].strip(): _read(share_of(arm["share"])) for arm in arms} if len(arms) > 1 else None,
        "metrics": [metric_words(metric) for _, metric in chosen(form)],
        "time": form["time"] or None,
        "strata": list(form["strata"]) or None,
        "planned_participants": _read(whole_of(form["planned_participants"])),
        "planned_days": _read(whole_of(form["planned_days"])),
    }


def _within_words(form: Form) -> Words:
    slot, burn_in, carryover = (_read(minutes_of(form[key])) for key in ("slot", "burn_in", "carryover"))
    return {
        "design": "switchback",
        "name": form["name"].strip() or None,
        "time": form["time"],
        "slot": None if slot is None else as_length(slot),
        "metrics": [metric_words(metric) for _, metric in chosen(form)],
        "arm": form["arm"].strip() or None,
        "control": form["arms"][0]["name"].strip() or None,
        "treatment": form["arms"][1]["name"].strip() or None if len(form["arms"]) > 1 else None,
        "region": form["region"] or None,
        "regions": "together" if form["together"] and form["region"] else None,
        "assignment": None if form["assignment"] == "pairs" else form["assignment"],
        "burn_in": as_length(burn_in) if burn_in else None,
        "carryover": None if carryover is None else as_length(carryover),
        "schedule": deepcopy(form["schedule"]),
        "seed": _read(whole_of(form["seed"])) or None,
        "timezone": form["timezone"].strip() or None,
        "cluster": None if form["cluster"] == "draw" else form["cluster"],
        "planned_days": _read(whole_of(form["days"])),
    }


def drawn_words(form: Form) -> Words | None:
    """Return what `schedule` is asked for besides the design; ``None`` where none is drawn."""
    start, days = _read(moment_of(form["start"])), _read(whole_of(form["days"]))
    if form["design"] != "switchback" or form["schedule"] is not None or start is None or not days:
        return None
    regions = list(form["regions"]) if form["region"] else None
    return {"start": start, "days": days} | ({} if regions is None else {"regions": regions})


def design_of(form: Form) -> BetweenSubject | Switchback:
    """Make the design that the form describes, with its schedule drawn where it has a start.

    Raises
    ------
    InputError
        What the design itself refuses.
    """
    words = words_of(form)
    if words["design"] == "between-subject":
        return BetweenSubject.of(words)
    design = Switchback.of(words)
    asked = drawn_words(form)
    return design if asked is None else design.with_schedule(design_schedule(design, asked))


def design_schedule(design: Switchback, asked: Words) -> dict[str, Any]:
    """Draw a schedule and write it as a table of others would be read: without what it was drawn with."""
    drawn = draw_schedule(design, **asked)
    return {"start": drawn.start, "slot": drawn.slot, "arms": dict(drawn.arms)}


def completed(form: Form) -> dict[str, Any]:
    """Return a form with every field: those that it lacks as they open. A field that no form has is refused."""
    usual = empty_form()
    known = {*usual, "stamp"}
    wrong = [key for key in form if key not in known]
    if wrong:
        raise InputError(f"The form of a design has no field {wrong[0]!r}; it has {', '.join(sorted(known))}.")
    made = usual | deepcopy(dict(form))
    made["metrics"] = [metric_form("") | dict(metric) for metric in made["metrics"]]
    return made


def _read(value: Any) -> Any:
    return None if value is NOT_READ else value


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
