"""The answer of a power card in words, as the card's script writes it again while a slider moves."""

from __future__ import annotations

import math
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line

EMPTY: Final = "Add a metric to see how many participants you need."
WEEK: Final = 7
Said = list[dict[str, object]]


def answer(payload: Payload) -> Said:
    """Say what is needed to see what, or what is seen with what is there."""
    if payload.get("metric") is None:
        return list(payload.get("sentence") or [{"text": EMPTY, "strong": False}])
    found, lift = payload["answer"], size(payload)
    people = f"{numbers.integer(numbers.plan_size(found['n_units']))}{numbers.NBSP}participants"
    power = percent(found["power"] if payload["solve"] == "power" else payload["inputs"]["power"])
    when, noun = _when(payload), word(payload)
    if payload["solve"] == "n":
        verb = "rule out" if noun == "loss" else "detect"
        return _pieces(f"You need *{people}*{when} to {verb} a *{lift} {noun}* with {power} power.")
    if payload["solve"] == "power":
        return _pieces(f"With *{people}*{when} a {lift} {noun} is detected with *{power} power*.")
    verb = "rule out" if noun == "loss" else "detect"
    return _pieces(f"With *{people}*{when} the smallest {noun} you can {verb} with {power} power is *{lift}*.")


def below(payload: Payload) -> str:
    """Say from where to where, and how many whole weeks that is."""
    if payload.get("metric") is None:
        return ""
    decides = payload["answer"].get("decides")
    other = f"{one_line(decides)} decides: it needs more participants." if decides and payload["solve"] == "n" else ""
    return " ".join(part for part in (_levels(payload), other, weeks(payload)) if part)


def weeks(payload: Payload) -> str:
    """Say what the days mean for the plan."""
    found, inputs = payload["answer"], payload["inputs"]
    horizon = inputs.get("max_days")
    if horizon is None:
        return ""
    if found.get("first_day") is None:
        return f"That is longer than {horizon} days: raise the {word(payload)} or use a stronger covariate."
    days = found["first_day"]
    if days % WEEK:
        return f"Plan for {math.ceil(days / WEEK) * WEEK} days so that every weekday counts equally."
    return "Whole weeks: every weekday counts equally."


def size(payload: Payload) -> str:
    """Write the effect planned for: a fraction of the control where there is one."""
    found = payload["answer"]
    return change(found.get("mde_rel"), found["mde_abs"], str(payload.get("kind")))


def change(relative: float | None, absolute: float | None, kind: str = "continuous") -> str:
    """Write the size of a change: a fraction of the control where there is one."""
    if relative is None and absolute is None:
        return numbers.NOT_AVAILABLE
    if relative is not None:
        return numbers.lift(relative)
    assert absolute is not None
    return numbers.level(absolute, kind).removesuffix("%") + (f"{numbers.NBSP}pp" if kind == "binary" else "")


def word(payload: Payload) -> str:
    """Name the change: what is looked for, or what must be ruled out."""
    inputs = payload["inputs"]
    return "loss" if inputs.get("margin") is not None else "lift" if inputs["sign"] > 0 else "drop"


def percent(share: float) -> str:
    r"""Write a power or a share with no more digits than it has.

    >>> percent(0.8), percent(1 / 3), percent(0.9996)
    ('80%', '33.3%', '>\xa099.9%')
    """
    if 0.9995 < share < 1:
        return f">{numbers.NBSP}99.9%"
    return numbers.fixed(share * 100, 0 if abs(share * 100 - round(share * 100)) < 0.05 else 1) + "%"


def days_text(days: float) -> str:
    """Count days, begun ones whole.

    >>> days_text(1), days_text(11.9)
    ('1\\xa0day', '12\\xa0days')
    """
    whole = math.ceil(days - 1e-9)
    return f"{whole}{numbers.NBSP}day" + ("" if whole == 1 else "s")


def _when(payload: Payload) -> str:
    days = payload["answer"].get("first_day")
    return "" if days is None else f" (≈{numbers.NBSP}{days_text(days)})"


def _levels(payload: Payload) -> str:
    found, inputs, kind = payload["answer"], payload["inputs"], str(payload.get("kind"))
    label = one_line(payload.get("label") or payload["metric"])
    if inputs.get("margin") is not None:
        return f"{label} stays within its limit if the interval does."
    sign = inputs["sign"]
    before, after = numbers.levels(inputs["mean"], inputs["mean"] + sign * found["mde_abs"], kind)
    apart = numbers.absolute(sign * found["mde_abs"], 0.0, 2 * sign * found["mde_abs"], kind).effect
    return f"{label} from {before} to {after} ({apart})."


def _pieces(text: str) -> Said:
    return [{"text": part, "strong": bool(at % 2)} for at, part in enumerate(text.split("*")) if part]
