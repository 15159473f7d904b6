"""Was a switchback served as it was drawn: slots as planned, blocks whole, hours of the day shared fairly?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.records import Record

MISMATCH_LIMIT: Final = 0.005
CHI_SQUARE_FROM: Final = 5.0
DRAWS: Final = 4_999
# Labels in one batch of draws: 16 MB.
BATCH: Final = 2_000_000
TIE: Final = 1e-9

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]
Draw = Callable[[int], Floats]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ServedSlots(Record):
    """Planned against served slots.

    `mismatch_share` is of the slots that served anything; `is_mismatched` says that it exceeds 0.005, the threshold of
    E_SCHEDULE_MISMATCH. `mismatched` are their positions. `lost` counts slots that served nothing, by planned arm.
    """

    n_slots: int
    n_mismatched: int
    mismatch_share: float
    is_mismatched: bool
    mismatched: tuple[int, ...]
    arms: tuple[str, ...]
    planned: tuple[int, ...]
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WholeBlocks(Record):
    """Blocks against what their draw promises; `broken` names those in which an arm is a slot or more off."""

    n_blocks: int
    n_broken: int
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LabelBalance(Record):
    """Are two labels of the same slots independent?

    `counts` has one row per level of the first label, one column per arm; `method` says how `p_value` was found
    (`statistic` and `df` are Pearson's in every case).
    """

    statistic: float
    df: int
    p_value: float
    method: Literal["chi-square", "exact", "simulated"]
    levels: tuple[str, ...]
    arms: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def served_slots(planned: Sequence[Any], served: Sequence[Any]) -> ServedSlots:
    """Tell how many slots served another arm than planned, and how many served nothing.

    Parameters
    ----------
    planned, served : sequence of labels, shape (slots,)
        The arm of each slot; a missing value (``None`` or NaN) in `served` is a lost slot.

    Raises
    ------
    InputError
        Lists that differ in length, a slot without a plan, no slot that served anything.

    >>> slots = served_slots(["A", "B", "A", "B"], ["A", "B", "B", None])
    >>> slots.n_mismatched, round(slots.mismatch_share, 3), slots.lost
    (1, 0.333, (0, 1))
    """
    (arm, arms), is_lost = _planned_and_lost(planned, served)
    if is_lost.all():
        raise InputError("No slot served anything; check the column of served arms.")
    # By value, so that the 1.0 of a column with missing values is the 1 of the plan.
    off = np.array([not lost and want != got for want, got, lost in zip(planned, served, is_lost, strict=True)])
    share = float(off.sum() / (~is_lost).sum())
    return ServedSlots(
        n_slots=len(arm),
        n_mismatched=int(off.sum()),
        mismatch_share=share,
        is_mismatched=share > MISMATCH_LIMIT,
        mismatched=tuple(int(i) for i in np.flatnonzero(off)),
        arms=arms,
        planned=_counts(arm, len(arms)),
        lost=_counts(arm[is_lost], len(arms)),
    )


def lost_slots(planned: Sequence[Any], served: Sequence[Any], *, seed: int = 0) -> LabelBalance:
    """Test whether slots were lost equally often in every planned arm.

    Pearson's χ²; Fisher's exact test (2 × 2) or labels shuffled 4,999 times where a cell expects fewer than 5. Slots
    drawn independently; `served` as in `served_slots`.

    Raises
    ------
    InputError
        As `served_slots`; nothing, or everything, was lost; one arm only.

    >>> lost_slots(["A"] * 20 + ["B"] * 20, ["A"] * 20 + ["B"] * 14 + [None] * 6).method
    'exact'
    """
    _, is_lost = _planned_and_lost(planned, served)
    if is_lost.all() or not is_lost.any():
        raise InputError(f"A test of lost slots needs some lost and some served; {int(is_lost.sum())} are lost.")
    return _balance("served", ["lost" if lost else "served" for lost in is_lost], planned, None, seed)


def hour_balance(
    hour: Sequence[Any], arm: Sequence[Any], *, block: Sequence[Any] | None = None, seed: int = 0
) -> LabelBalance:
    """Test whether every hour of the day went to the arms in the same proportion.

    Independent slots: Pearson's χ², or 4,999 shuffles of the arms where a cell expects fewer than 5 (2 × 2: Fisher's
    exact test). Slots drawn in blocks, pairs included: arms shuffled within blocks, because the two slots of a pair are
    never alike and χ² would raise false alarms.

    Parameters
    ----------
    hour, arm : sequence of labels, shape (draws,)
        One entry per draw of the randomiser; where regions switch together they are one draw, not several.
    block : sequence of labels, optional
        The block (pair) of each draw, a label of its own in every region.

    Raises
    ------
    InputError
        Lists that differ in length, missing labels, a single hour or arm, blocks of one slot each.

    >>> balance = hour_balance([9, 9, 21, 21] * 10, ["A", "B", "A", "A"] * 10)
    >>> round(balance.statistic, 4), balance.df, round(balance.p_value, 6)
    (13.3333, 1, 0.000261)
    """
    return _balance("hour", hour, arm, block, seed)


def whole_blocks(block: Sequence[Any], arm: Sequence[Any]) -> WholeBlocks:
    """Name the blocks that do not hold every arm equally often, as pairs and permuted blocks must by their draw.

    A block with m slots and K arms is whole when each arm has fewer than one slot more or less than m/K, so that
    a block cut off by the end of the run is no fault.

    Raises
    ------
    InputError
        Lists that differ in length, missing labels, a single arm.

    >>> whole_blocks([1, 1, 2, 2, 3, 3], ["A", "B", "B", "A", "A", "A"]).broken
    ('3',)
    """
    (blocks, names), (codes, arms) = _labels("block", block, len(arm)), _labels("arm", arm, len(arm))
    if len(arms) < 2:
        raise InputError(f"Blocks need at least two arms; all slots hold {arms[0]!r}.")
    table = _table(blocks, codes, len(names), len(arms))
    broken = (np.abs(table - table.sum(axis=1, keepdims=True) / len(arms)) >= 1 - TIE).any(axis=1)
    return WholeBlocks(
        n_blocks=len(names),
        n_broken=int(broken.sum()),
        broken=tuple(name for name, bad in zip(names, broken, strict=True) if bad),
    )


def _balance(
    name: str, label: Sequence[Any], arm: Sequence[Any], block: Sequence[Any] | None, seed: int
) -> LabelBalance:
    (rows, levels), (columns, arms) = _labels(name, label, len(arm)), _labels("arm", arm, len(arm))
    if len(levels) < 2 or len(arms) < 2:
        raise InputError(f"Balance needs at least 2 levels of {name} and 2 arms; got {len(levels)} and {len(arms)}.")
    blocks = None if block is None else _labels("block", block, len(arm))[0]
    if blocks is not None and np.bincount(blocks).max() == 1:
        raise InputError("Blocks hold one slot each, so nothing was shuffled in them; leave block out.")
    table = _table(rows, columns, len(levels), len(arms))
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic, df = float(((table - expected) ** 2 / expected).sum()), (len(levels) - 1) * (len(arms) - 1)
    method, p_value = _p_value(rows, columns, blocks, table, expected, statistic, np.random.default_rng(seed))
    return LabelBalance(
        statistic=statistic,
        df=df,
        p_value=p_value,
        method=method,
        levels=levels,
        arms=arms,
        counts=tuple(tuple(int(n) for n in row) for row in table),
    )


def _p_value(
    rows: Codes,
    columns: Codes,
    blocks: Codes | None,
    table: Floats,
    expected: Floats,
    statistic: float,
    rng: np.random.Generator,
) -> tuple[Literal["chi-square", "exact", "simulated"], float]:
    if blocks is None and expected.min() >= CHI_SQUARE_FROM:
        return "chi-square", float(scipy.special.chdtrc((table.shape[0] - 1) * (table.shape[1] - 1), statistic))
    if blocks is None and table.shape == (2, 2):
        from scipy.stats import fisher_exact

        return "exact", float(fisher_exact(table.astype(np.int64)).pvalue)
    one_block = np.zeros_like(rows) if blocks is None else blocks
    in_pairs = table.shape[1] == 2 and np.bincount(one_block).max() <= 2
    order = np.argsort(one_block, kind="stable")
    draw, size = (_swapped if in_pairs else _shuffled)(rows[order], columns[order], one_block[order], expected, rng)
    step, extreme = max(1, BATCH // max(1, size)), 0
    for first in range(0, DRAWS, step):
        extreme += int((draw(min(step, DRAWS - first)) >= statistic * (1 - TIE) - TIE).sum())
    return "simulated", (1 + extreme) / (1 + DRAWS)


def _shuffled(
    rows: Codes, columns: Codes, blocks: Codes, expected: Floats, rng: np.random.Generator
) -> tuple[Draw, int]:
    """Return what draws χ² with the arms shuffled within blocks, and how many labels one draw holds."""

    def draw(n: int) -> Floats:
        # Sorting a block's number plus a random fraction moves labels within blocks only.
        shuffled = columns[np.argsort(blocks + rng.random((n, len(rows))), axis=1)]
        cells = (np.arange(n)[:, None] * expected.shape[0] + rows) * expected.shape[1] + shuffled
        tables = np.bincount(cells.ravel(), minlength=n * expected.size).reshape(n, *expected.shape)
        return np.asarray(((tables - expected) ** 2 / expected).sum(axis=(1, 2)))

    return draw, len(rows)


def _swapped(
    rows: Codes, columns: Codes, blocks: Codes, expected: Floats, rng: np.random.Generator
) -> tuple[Draw, int]:
    """Return what `_shuffled` does for two arms in blocks of two: each swap moves one slot of two hours."""
    first = np.flatnonzero(blocks[1:] == blocks[:-1])
    first = first[columns[first] != columns[first + 1]]
    pair, gain = np.arange(len(first)), columns[first + 1] - columns[first]
    hours = np.concatenate([rows[first], rows[first + 1]])
    entries = np.concatenate([gain, -gain]).astype(np.float64), (hours, np.concatenate([pair, pair]))
    moves = scipy.sparse.csr_array(entries, shape=(expected.shape[0], len(first)))
    observed = np.bincount(rows, columns, minlength=expected.shape[0])

    def draw(n: int) -> Floats:
        swaps = rng.integers(0, 2, (len(first), n), dtype=np.int8).astype(np.float64)
        off = (observed[:, None] + moves @ swaps - expected[:, 1:]) ** 2
        return np.asarray((off / expected[:, 1:] + off / expected[:, :1]).sum(axis=0))

    return draw, len(first)


def _planned_and_lost(
    planned: Sequence[Any], served: Sequence[Any]
) -> tuple[tuple[Codes, tuple[str, ...]], NDArray[np.bool_]]:
    return _labels("planned", planned, len(served)), np.array([_is_missing(each) for each in served], dtype=np.bool_)


def _labels(name: str, labels: Sequence[Any], length: int) -> tuple[Codes, tuple[str, ...]]:
    if len(labels) != length or not length:
        raise InputError(f"{name} needs one label for each of the {length} slots; got {len(labels)}.")
    missing = sum(map(_is_missing, labels))
    if missing:
        raise InputError(f"{name} has {missing} missing labels; drop those slots, or say what they held.")
    kinds = set(labels)
    numbers = all(isinstance(kind, Real) for kind in kinds)
    levels = {level: code for code, level in enumerate(sorted(kinds, key=float if numbers else str))}
    return np.array([levels[label] for label in labels], dtype=np.intp), tuple(map(str, levels))


def _is_missing(label: object) -> bool:
    return label is None or type(label).__name__ in ("NAType", "NaTType") or label != label


def _table(rows: Codes, columns: Codes, n_rows: int, n_columns: int) -> Floats:
    table: Floats = (
        np.bincount(rows * n_columns + columns, minlength=n_rows * n_columns).reshape(n_rows, n_columns).astype(float)
    )
    return table


def _counts(codes: Codes, n: int) -> tuple[int, ...]:
    return tuple(int(each) for each in np.bincount(codes, minlength=n))
