"""One column → numbers, or why not."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.kinds import Profile, Recognition, recognise, two_words, written
from decision_widgets.data.reading import MetricReading, Unreadable
from decision_widgets.vocabulary import Kind

LARGEST: Final = 1e100  # the squares of totals must stay finite


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """A column as float64 with NaN where nothing stands, and what kind of metric it is."""

    values: NDArray[np.float64]
    recognition: Recognition
    modal_value: float
    modal_share: float


def read_column(column: Any, name: str, *, declared: Kind | None) -> Numbers | Unreadable:
    """Turn a pandas column into numbers; two texts become 0 and 1, anything else that is no number is refused."""
    kind = column.dtype.kind if hasattr(column.dtype, "kind") else "O"
    if kind in "mM" or str(column.dtype).startswith("period"):
        return Unreadable(what=f"The column '{name}' holds dates.", remedy="name a column of numbers")
    absent = np.asarray(column.isna())
    if absent.all():
        return Unreadable(what=f"The column '{name}' is missing in all {len(column):,} rows.", remedy="check the join")
    mapping: tuple[str, str] | None = None
    if kind in "biuf":
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        converted = _from_objects(column, name, absent)
        if isinstance(converted, Unreadable):
            return converted
        values, mapping = converted
    infinite = np.isinf(values)
    if infinite.any():
        return Unreadable(
            what=f"The column '{name}' is infinite in {infinite.sum():,} of {len(values):,} rows, "
            f"first in row {int(np.argmax(infinite)):,}.",
            remedy=f'df["{name}"] = df["{name}"].replace([np.inf, -np.inf], np.nan)',
        )
    beyond = np.abs(values) > LARGEST
    if beyond.any():
        return Unreadable(
            what=f"The column '{name}' has values beyond ±{LARGEST:g} in {beyond.sum():,} of {len(values):,} rows, "
            f"first in row {int(np.argmax(beyond)):,}.",
            remedy="check the metric's query, or measure it in a larger unit",
        )
    return _recognised(values, name, declared, is_bool=kind == "b", texts=mapping)


def rows_without_value(reading: MetricReading | Unreadable) -> str:
    """Say where the missing values are, by arm."""
    if isinstance(reading, Unreadable):
        return ""
    return " (" + ", ".join(f"{arm}: {n:,}" for arm, n in reading.missing.items()) + ")"


def _from_objects(
    column: Any, name: str, absent: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], tuple[str, str] | None] | Unreadable:
    present = column[~absent]
    if all(isinstance(v, int | float | Decimal | np.number | np.bool_) for v in present):
        values = np.full(len(column), np.nan)
        values[~absent] = np.array([_as_float(v) for v in present])
        return values, None
    texts = all(isinstance(v, str) for v in present)
    levels = sorted({str(v) for v in present.unique()}) if texts and present.nunique() <= 2 else []
    words = two_words(levels)
    if words is not None and not any(map(_is_number, words)):
        values = np.full(len(column), np.nan)
        values[~absent] = (present.astype(str) == words[1]).to_numpy(dtype=np.float64)
        return values, words
    if levels and words is None and not _is_number(levels[0]):
        return Unreadable(
            what=f"The column '{name}' holds one text only, '{levels[0]}'.", remedy="check the metric's query"
        )
    return _text_in_numbers(present, name, len(column), absent)


def _text_in_numbers(present: Any, name: str, n_rows: int, absent: NDArray[np.bool_]) -> Unreadable:
    wrong = np.array([not _is_number(v) for v in present])
    remedy = f'df["{name}"] = pd.to_numeric(df["{name}"], errors="coerce")'
    if not wrong.any():
        return Unreadable(what=f"The column '{name}' holds its numbers as text.", remedy=remedy)
    row = int(np.flatnonzero(~absent)[int(np.argmax(wrong))])
    return Unreadable(
        what=f"The column '{name}' has text in {wrong.sum():,} of {n_rows:,} rows, "
        f"for example {str(present.iloc[int(np.argmax(wrong))])!r} in row {row:,}.",
        remedy=remedy,
    )


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _recognised(
    values: NDArray[np.float64], name: str, declared: Kind | None, *, is_bool: bool, texts: tuple[str, str] | None
) -> Numbers | Unreadable:
    present = values[~np.isnan(values)]
    levels, counts = np.unique(present, return_counts=True)
    if declared == "binary" and len(levels) > 2:
        return Unreadable(
            what=f"The column '{name}' is declared binary and has {len(levels):,} different values, "
            f"for example {written(float(levels[0]))}, {written(float(levels[1]))} and {written(float(levels[2]))}.",
            remedy="declare another kind, or make it 0 and 1",
        )
    few = [bool(level) if is_bool else float(level) for level in levels[:2]] if len(levels) <= 2 else []
    profile = Profile(
        n_distinct=len(levels),
        levels=texts if texts is not None and len(levels) == 2 else few,
        share_of_last=float(counts[-1] / len(present)),
        lowest=float(levels[0]),
        highest=float(levels[-1]),
        whole=bool((levels == np.floor(levels)).all()),
    )
    recognition = recognise(profile, declared)
    most = int(np.argmax(counts))
    modal_value = float(levels[most])
    if recognition.mapping is not None and texts is None:
        values = np.where(np.isnan(values), np.nan, (values == levels[-1]).astype(np.float64))
        modal_value = float(most)
    return Numbers(
        values=values, recognition=recognition, modal_value=modal_value, modal_share=float(counts[most] / len(present))
    )
