"""What people type into an empty power card, read into the question that Python would be asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from decision_widgets.checks import number_in
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import InputError
from decision_widgets.moments import TypedSummary
from decision_widgets.views import numbers as written_as

Form = Mapping[str, str]
CONTROL: Final = "control"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A design, the effect to find, and what is known of its metric (``None``: a table is)."""

    design: BetweenSubject
    effect: float
    history: TypedSummary | None


class FormProblems(InputError):
    """What is wrong with the fields, by field."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_field.values()))
        self.by_field = dict(by_field)


def typed_fields() -> list[dict[str, Any]]:
    """Return the fields of a card that knows nothing yet."""
    return [
        _field("metric", "Metric", "a name, for example booked", example="booked"),
        _field("mean", "Mean", "of an observation; 0.35 or 35% for a yes/no metric", example="35%"),
        _field("std_dev", "Standard deviation", "of an observation; empty for a yes/no metric"),
        _field("lift", "Smallest lift worth finding", "of the mean, for example 2%", example="2%"),
        _field("observations_per_participant", "Observations each", "per participant, on average", "1", example="4"),
        _field("cv_observations", "Their CV", "standard deviation over mean", "0", example="0.5"),
        _field("icc", "ICC", "correlation within a participant, 0 to 1", "0", example="0.05"),
        _field("variance_reduction", "CUPED", "share of variance removed, for example 10%", "0"),
        _field("participants_per_day", "New participants per day", "empty: no days", example="3500"),
        *_plan_fields(),
    ]


def column_fields(columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the fields of a card that has a table: its columns to choose from."""
    names = ["", *columns]
    return [
        _field("metric", "Metric", "a column", options=names),
        _field("participant", "Participant", "who; none: every row is one", options=names),
        _field("time", "Time", "dates; none: no days", options=names),
        _field("lift", "Smallest lift worth finding", "of the mean, for example 2%", "2%"),
        *_plan_fields(),
    ]


def read_form(form: Form, columns: Sequence[str] | None) -> Asked | None:
    """Read what was typed; ``None`` while there is no metric, its mean or a lift.

    Raises
    ------
    FormProblems
        What is wrong, by field.
    """
    problems: dict[str, str] = {}
    shares = _attempt("shares", lambda: read_shares(form.get("shares", "")), problems)
    numbers = {
        name: _attempt(name, partial(_number, name, form.get(name, "")), problems)
        for name in (*_TYPED, "lift", "power", "confidence")
    }
    name, lift = form.get("metric", "").strip(), numbers["lift"]
    if lift == 0:
        problems["lift"] = "The lift must not be 0; state the smallest one worth finding."
    history = None
    if columns is None and name and numbers["mean"] is not None and not problems.keys() & {*_TYPED}:
        given = {key: value for key in _TYPED if (value := numbers[key]) is not None}
        history = _attempt_typed(name, given, problems)
    design = _design(form, name, shares, numbers, covariates=_adjusted(numbers), problems=problems)
    if problems:
        raise FormProblems(problems)
    if not name or lift is None or (columns is None and history is None) or design is None:
        return None
    return Asked(design=design, effect=lift, history=history)


def read_typed(metric: str, form: Form) -> TypedSummary | None:
    """Read what is known of one metric's past; ``None`` while its mean is missing.

    Raises
    ------
    FormProblems
        What is wrong, by field.
    """
    problems: dict[str, str] = {}
    numbers = {name: _attempt(name, partial(_number, name, form.get(name, "")), problems) for name in _TYPED}
    found = None
    if metric and numbers["mean"] is not None and not problems:
        found = _attempt_typed(metric, {key: value for key, value in numbers.items() if value is not None}, problems)
    if problems:
        raise FormProblems(problems)
    return found


def read_shares(text: str) -> list[float]:
    """Read the split of the participants, control first.

    >>> read_shares("80 / 20"), read_shares("1/3, 1/3, 1/3")[0]
    ([0.8, 0.2], 0.3333333333333333)
    """
    if not text.strip():
        return [0.5, 0.5]
    parts = [
        part for part in (re.split(r"[,;]\s*", text) if re.search("[,;]", text) else re.split(r"\s*/\s*", text)) if part
    ]
    if len(parts) < 2:
        raise InputError("Shares are written like 50/50, control first.")
    values = [_fraction(part) for part in parts]
    if any(value <= 0 for value in values):
        raise InputError("Every arm needs a share above 0.")
    total = sum(values)
    in_percent = total > 1.5 or "%" in text
    whole = 100.0 if in_percent and "%" not in text else 1.0
    if abs(total / whole - 1) > 0.011:
        change = written_as.fixed(100 * (1 - total / whole), 1, signed=True).removesuffix(".0")
        raise InputError(f"Shares add up to {100 * total / whole:.4g}%, not 100%; change one arm by {change}.")
    return [value / total for value in values]


_TYPED: Final = (
    "mean", "std_dev", "observations_per_participant", "cv_observations", "icc", "variance_reduction",
    "participants_per_day",
)  # fmt: skip
_WORDS: Final = {
    "observations_per_participant": "Observations each",
    "cv_observations": "CV",
    "icc": "ICC",
    "std_dev": "Standard deviation",
    "mean": "Mean",
    "variance_reduction": "CUPED",
    "participants_per_day": "Participants per day",
    "lift": "The lift",
    "power": "Power",
    "confidence": "Confidence",
}


def _plan_fields() -> list[dict[str, Any]]:
    return [
        _field("shares", "Split", "control first, for example 50/50", "50/50"),
        _field("power", "Power", "for example 80%", "80%"),
        _field("confidence", "Confidence", "two-sided, for example 95%", "95%"),
    ]


def _field(
    name: str, label: str, help: str, value: str = "", *, options: Sequence[str] | None = None, example: str = ""
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "help": help,
        "value": value,
        "options": None if options is None else [*options],
        "example": example,
    }


def _attempt(field: str, make: Callable[[], Any], problems: dict[str, str]) -> Any:
    try:
        return make()
    except InputError as problem:
        problems[field] = str(problem)
        return None


def _number(name: str, text: str) -> float | None:
    written = text.strip()
    if not written:
        return None
    try:
        return _fraction(written)
    except InputError:
        comma = " Write decimals with a point." if "," in written else ""
        raise InputError(f"{_WORDS[name]} must be a number, for example 0.35 or 35%; got {written!r}.{comma}") from None


def _fraction(text: str) -> float:
    clean = text.strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    above, _, under = clean.removesuffix("%").partition("/")
    try:
        value = number_in(above) / (number_in(under) if under else 1.0)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"{text!r} is not a number.") from None
    return value / 100 if clean.endswith("%") else value


def _attempt_typed(name: str, given: Mapping[str, float], problems: dict[str, str]) -> TypedSummary | None:
    try:
        return TypedSummary(name, **given)
    except InputError as problem:
        for line in str(problem).splitlines():
            said = line.removeprefix("- ")
            field = next((key for key in _TYPED if said.startswith(f"{key} ")), None)
            if field is not None:
                problems[field] = said.replace(field, _WORDS[field], 1)
        if not problems:
            problems["metric"] = str(problem)
        return None


def _adjusted(numbers: Mapping[str, float | None]) -> bool:
    return bool(numbers["variance_reduction"])


def _design(
    form: Form,
    name: str,
    shares: Sequence[float] | None,
    numbers: Mapping[str, float | None],
    *,
    covariates: bool,
    problems: dict[str, str],
) -> BetweenSubject | None:
    power, confidence = numbers["power"], numbers["confidence"]
    if power is not None and not 0.05 < power < 1:
        problems["power"] = "Power must lie between 5% and 100%; no number of participants gives certainty."
    if confidence is not None and not 0.5 < confidence < 1:
        problems["confidence"] = "Confidence must lie between 50% and 100%."
    if not name or shares is None or problems:
        return None
    treatments = ["treatment", *(f"treatment {at}" for at in range(2, len(shares)))]
    return BetweenSubject(
        participant=form.get("participant", "participant").strip() or None,
        arm="arm",
        control=CONTROL,
        arms=dict(zip([CONTROL, *treatments], shares, strict=True)),  # type: ignore[arg-type]  # the design reads a mapping
        metrics=(Metric(name, covariates=(f"{name}_before",) if covariates else ()),),
        time=form.get("time", "").strip() or None,
        alpha=0.05 if confidence is None else round(1 - confidence, 12),
        power=0.8 if power is None else power,
    )
