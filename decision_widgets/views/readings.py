"""The words and numbers of one metric row, said once for cards, text and figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from decision_widgets.views import numbers
from decision_widgets.views.numbers import EffectText
from decision_widgets.views.schemas import Payload
from decision_widgets.views.text import one_line
from decision_widgets.vocabulary import CODES, readable


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


class DecidingText(NamedTuple):
    """The interval that the decision reads, where it is not the one drawn: its level, when it holds, its ends."""

    level: str
    when: str
    interval: str


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
    deciding: DecidingText | None
    reading_note: str | None

    @property
    def headline(self) -> EffectText | None:
        """What the row says first: relative where there is one."""
        return self.relative or self.absolute

    @property
    def p_text(self) -> str:
        """Both p-values as one phrase."""
        adjusted = "" if self.p_adjusted is None else f", adj.{numbers.NBSP}{self.p_adjusted}"
        return f"p{numbers.NBSP}{self.p}{adjusted}"


def row_text(row: Payload, level: float | None = None) -> RowText:
    """Word a metric row that has no error; `level` is that of its plain interval."""
    kind = str(row.get("kind") or "continuous")
    absolute = _ends(row, "effect")
    relative = _ends(row, "relative_effect")
    adjusted = row.get("p_value_adjusted")
    deciding = _deciding(row, level, kind)
    return RowText(
        label=label_of(row),
        arm=one_line(row.get("arm") or ""),
        guardrail=row.get("role") == "guardrail",
        relative=None if relative is None else numbers.relative(*relative),
        absolute=None if absolute is None else numbers.absolute(*absolute, kind),
        p=numbers.p_value(row.get("p_value")),
        p_adjusted=None if adjusted is None else numbers.p_value(adjusted),
        reading=READINGS.get(str(row.get("reading")), _UNREAD),
        no_bar=_no_bar(row, kind) if relative is None else None,
        deciding=deciding,
        reading_note=_reading_note(row, deciding),
    )


def label_of(row: Payload) -> str:
    """Name the metric of a row."""
    return one_line(row.get("label") or row["metric"]) or repr(row["metric"])


def labelled(rows: Sequence[Payload]) -> list[Payload]:
    """Give every metric a label of its own: where two would read alike, both show their raw names."""
    labels = {row["metric"]: label_of(row) for row in rows}
    for raw in (one_line, repr):
        uses = Counter(labels.values())
        labels = {metric: label if uses[label] == 1 else raw(metric) for metric, label in labels.items()}
    return [{**row, "label": labels[row["metric"]]} for row in rows]


def units_name(payload: Payload, key: str = "units") -> str:
    """Name what is counted, as a column is headed: participants, unless the payload says what else.

    >>> units_name({}), units_name({"units": "slots"})
    ('Participants', 'Slots')
    """
    return readable(one_line(payload.get(key) or "participants"))


def shared_error(rows: Sequence[Payload]) -> Payload | None:
    """Return the error that stopped every row alike, to be said once; None when any row is shown or says another."""
    errors: list[Payload | None] = [row.get("error") for row in rows]
    return errors[0] if errors and all(error == errors[0] for error in errors) else None


def interval_name(level: float | None) -> str:
    """Name the interval.

    >>> interval_name(0.95), interval_name(0.975), interval_name(1 - 0.05 / 3)
    ('95% interval', '97.5% interval', '98.33% interval')
    """
    return f"{_percent_of(level or 0.95)} interval"


def limit_text(row: Payload) -> str | None:
    """Say what a guardrail's limit is and where the worst end of the interval that decides lies."""
    limit = row.get("limit")
    if limit is None:
        return None
    said = f"Guardrail limit: no more than {abs(limit) * 100:.3g}% worse."
    ends = _ends(row, "relative_effect", "_simultaneous") or _ends(row, "relative_effect")
    where = _LIMIT_WORDS.get(str(row.get("reading")))
    decrease = row.get("direction") == "decrease"
    if ends is None or ends[2 if decrease else 1] is None or where is None:
        return said
    worst = numbers.worst_end(*ends, which="upper" if decrease else "lower")
    return f"{said} The worst end of the interval is {worst}, {where}."


_LIMIT_WORDS = {
    "within_limit": "inside the limit",
    "limit_not_ruled_out": "past the limit, so harm is not ruled out",
    "limit_breached": "and the whole interval is past the limit",
}


def _ends(row: Payload, field: str, suffix: str = "") -> tuple[float, float | None, float | None] | None:
    effect, lower, upper = row.get(field), row.get(f"{field}_lower{suffix}"), row.get(f"{field}_upper{suffix}")
    return None if effect is None or (suffix and lower is upper is None) else (effect, lower, upper)


def _deciding(row: Payload, level: float | None, kind: str) -> DecidingText | None:
    simultaneous = row.get("simultaneous_level")
    relative = _ends(row, "relative_effect", "_simultaneous")
    absolute = _ends(row, "effect", "_simultaneous")
    if simultaneous is None or (relative is None and absolute is None):
        return None
    # At the same level only an interval that holds at any look is another one.
    same = math.isclose(simultaneous, level or 0.95)
    if same and relative == _ends(row, "relative_effect") and absolute == _ends(row, "effect"):
        return None
    interval = numbers.relative(*relative) if relative else numbers.absolute(*(absolute or (0.0, None, None)), kind)
    return DecidingText(_percent_of(simultaneous), " at any look" if same else "", interval.interval)


def _reading_note(row: Payload, deciding: DecidingText | None) -> str | None:
    if deciding is None or row.get("reading") != "unclear":
        return None
    differ = _excludes_zero(_ends(row, "effect")) and not _excludes_zero(_ends(row, "effect", "_simultaneous"))
    return f"{deciding.level} interval{deciding.when} includes 0" if differ else None


def _excludes_zero(ends: tuple[float, float | None, float | None] | None) -> bool:
    _, lower, upper = ends or (0.0, None, None)
    return (lower is not None and lower > 0) or (upper is not None and upper < 0)


def _percent_of(level: float) -> str:
    digits = numbers.digits_for(100 * (1 - level), significant=3)
    return f"{100 * level:.{digits}f}".rstrip("0").rstrip(".") + "%"


def _no_bar(row: Payload, kind: str) -> str:
    mean = row.get("control_mean")
    level = numbers.NOT_AVAILABLE if mean is None else numbers.level(mean, kind)
    reason = next((CODES[code].text for code in _NO_RELATIVE if code in (row.get("codes") or ())), None)
    return "No bar: " + reason.format(mean=level) if reason else "No bar: there is no relative uplift for this metric."
