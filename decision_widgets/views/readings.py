"""The words and numbers of one metric row, said once for cards, text and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from decision_widgets.views import numbers
from decision_widgets.views.numbers import EffectText
from decision_widgets.views.schemas import Payload
from decision_widgets.vocabulary import CODES


class Reading(NamedTuple):
    """How a reading is said and shown; `filled` is False for what the data cannot tell yet."""

    word: str
    tone: str
    filled: bool


READINGS = {
    "better": Reading("Better", "good", True),
    "worse": Reading("Worse", "bad", True),
    "unclear": Reading("Unclear", "none", False),
    "within_limit": Reading("Within limit", "good", True),
    "limit_not_ruled_out": Reading("Limit not ruled out", "warn", False),
    "limit_breached": Reading("Past the limit", "bad", True),
}
_UNREAD = Reading(numbers.NOT_AVAILABLE, "none", False)
_NO_RELATIVE = ("E_BASELINE_SIGN", "E_RATIO_UNBOUNDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowText:
    """A metric row as it is printed; a missing effect is None."""

    label: str
    arm: str
    guardrail: bool
    relative: EffectText | None
    absolute: EffectText | None
    p: str
    p_adjusted: str | None
    reading: Reading
    no_bar: str | None

    @property
    def headline(self) -> EffectText | None:
        """What the row says first: relative where there is one."""
        return self.relative or self.absolute

    @property
    def p_text(self) -> str:
        """Both p-values as one phrase."""
        adjusted = "" if self.p_adjusted is None else f", adj.{numbers.NBSP}{self.p_adjusted}"
        return f"p{numbers.NBSP}{self.p}{adjusted}"


def row_text(row: Payload) -> RowText:
    """Word a metric row that has no error."""
    kind = str(row.get("kind") or "continuous")
    absolute = _ends(row, "effect")
    relative = _ends(row, "relative_effect")
    adjusted = row.get("p_value_adjusted")
    return RowText(
        label=label_of(row),
        arm=str(row.get("arm") or ""),
        guardrail=row.get("role") == "guardrail",
        relative=None if relative is None else numbers.relative(*relative),
        absolute=None if absolute is None else numbers.absolute(*absolute, kind),
        p=numbers.p_value(row.get("p_value")),
        p_adjusted=None if adjusted is None else numbers.p_value(adjusted),
        reading=READINGS.get(str(row.get("reading")), _UNREAD),
        no_bar=_no_bar(row, kind) if relative is None else None,
    )


def label_of(row: Payload) -> str:
    """Name the metric of a row."""
    return str(row.get("label") or row["metric"])


def interval_name(level: float | None) -> str:
    """Name the interval.

    >>> interval_name(0.95), interval_name(0.975)
    ('95% interval', '97.5% interval')
    """
    return f"{(level or 0.95) * 100:.6g}% interval"


def limit_text(row: Payload) -> str | None:
    """Say what a guardrail's limit is and where the worst end of its interval lies; None without a limit."""
    limit, text = row.get("limit"), row_text(row)
    if limit is None:
        return None
    said = f"Guardrail limit: no more than {abs(limit) * 100:.3g}% worse."
    worst = row.get("relative_effect_upper" if row.get("direction") == "decrease" else "relative_effect_lower")
    where = _LIMIT_WORDS.get(str(row.get("reading")))
    if text.relative is None or worst is None or where is None:
        return said
    ends = text.relative.interval.split(" to ")
    return f"{said} The worst end of the interval is {ends[-1 if row.get('direction') == 'decrease' else 0]}, {where}."


_LIMIT_WORDS = {
    "within_limit": "inside the limit",
    "limit_not_ruled_out": "past the limit, so harm is not ruled out",
    "limit_breached": "and the whole interval is past the limit",
}


def _ends(row: Payload, field: str) -> tuple[float, float | None, float | None] | None:
    effect = row.get(field)
    return None if effect is None else (effect, row.get(f"{field}_lower"), row.get(f"{field}_upper"))


def _no_bar(row: Payload, kind: str) -> str:
    mean = row.get("control_mean")
    level = numbers.NOT_AVAILABLE if mean is None else numbers.level(mean, kind)
    reason = next((CODES[code].text for code in _NO_RELATIVE if code in (row.get("codes") or ())), None)
    return "No bar: " + reason.format(mean=level) if reason else "No bar: there is no relative uplift for this metric."
