"""The door for switchbacks: a table's rows, in one scan of its engine, → the cells of a panel of regions and slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from math import floor, log2
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.data.each_metric import read_what_can_be_read
from decision_widgets.data.engine import Engine
from decision_widgets.data.missing import missing_values, rows_without
from decision_widgets.data.progress import Listener, Watch, counted
from decision_widgets.data.reading import SlotMetric, SlotReading, Unreadable
from decision_widgets.data.seen import remember
from decision_widgets.data.slot_clock import DAY, HOUR, day_of, slots_of_changes
from decision_widgets.data.slot_metrics import Blocks, judge_columns
from decision_widgets.data.slot_panel import NOBODY, Panel, make_panel
from decision_widgets.data.slot_rows import FineCells, read_fine
from decision_widgets.data.slot_run import Run, run_of
from decision_widgets.data.slot_scan import MetricScan
from decision_widgets.moments import EVERYWHERE, SlotSpec

LEAST_SPREAD: Final = 1e-6  # of the largest value; what varies less may be rounding


def read_slots(table: Any, spec: SlotSpec, progress: bool | Listener | None = None) -> SlotReading:
    """Gather a table to the cells of a switchback, where its rows are.

    One scan adds up rows by region, arm, conditions and the longest time that divides hours, slots and burn-ins; the
    rest is arithmetic on those few cells. A naive timestamp is what the local clock showed; an instant is put on the
    clock of ``spec.timezone``.

    Parameters
    ----------
    table : pandas or Polars frame, PyArrow table, DuckDB relation, (connection, name), path, or PySpark DataFrame
        One row per exposure, or per region and hour.
    spec : SlotSpec
        From ``design.needs()``.
    progress : bool, callable, optional
        As in ``analyze``.

    Raises
    ------
    InputError
        The table is none of these or is empty; the time column holds no timestamps, or instants without
        ``timezone=``; other arms than two; nothing since the start; a control that holds no numbers.
    ColumnNotFound
        A column that the design names is not there.
    MissingValues
        Values are missing and ``missing="raise"``.
    EngineFailed
        The engine could not read any metric; one that alone cannot be read is refused and the others are read.
    """
    reading, failed = read_what_can_be_read(table, spec, progress, _read, zones=True)
    if failed:
        metrics = {c.metric: failed.get(c.metric) or reading.metrics[c.metric] for c in spec.metrics}
        reading = replace(reading, metrics=metrics)
    remember(table, spec.columns(), reading.fingerprint)
    return reading


def _read(engine: Engine, spec: SlotSpec, watch: Watch) -> SlotReading:
    types = engine.types()
    watch.stage(f"Looking at {counted(len(spec.columns()), 'column')}")
    scan = MetricScan(engine, spec, types)
    watch.stage("Adding up cells")
    fine = read_fine(engine, spec, types, scan)
    columns = judge_columns(engine, types, scan, fine)
    run = run_of(spec, fine)
    regions, region = _regions(spec, fine, run.kept)
    labels = {name: fine.labels[name].of_rows(run.kept) for name in spec.conditions}
    panel = make_panel(run.clock, fine.minute[run.kept], region, run.arm[run.kept], labels, fine.rows[run.kept])
    compared = (panel.begin >= run.clock.start) & ((panel.arm != NOBODY) | (spec.arm is None))
    blocks = Blocks(scan=scan, fine=fine, columns=columns, kept=run.kept, panel=panel, compared=compared)
    metrics = blocks.metrics()
    _raise_if_missing(spec, run.lacking, metrics)
    return _reading(spec, run, fine, panel, regions, metrics, blocks.controls())


def _reading(
    spec: SlotSpec,
    run: Run,
    fine: FineCells,
    panel: Panel,
    regions: tuple[str, ...],
    metrics: Mapping[str, SlotMetric | Unreadable],
    controls: Mapping[str, NDArray[np.float64]],
) -> SlotReading:
    first, last = run.clock.start, int(fine.minute[run.kept].max())
    return SlotReading(
        start=first,
        regions=regions,
        region=panel.region.astype(np.int64),
        slot=run.clock.slot_of(panel.begin),
        hour=panel.begin // HOUR,
        part=run.clock.part_of(panel.begin),
        minutes=panel.minutes,
        arm=panel.arm,
        arms=run.arms,
        rows=panel.rows,
        labels=panel.labels,
        controls=controls,
        metrics=metrics,
        n_rows=int(fine.rows.sum()),
        left_out=run.left_out,
        first_day=day_of(first),
        last_day=day_of(last),
        days=last // DAY - first // DAY + 1,
        fingerprint=_fingerprint(regions, panel, metrics, controls, run.left_out),
        clock_changes=slots_of_changes(run.clock, spec.timezone, last),
    )


def _regions(spec: SlotSpec, fine: FineCells, kept: NDArray[np.bool_]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    if spec.region is None:
        return (EVERYWHERE,), np.zeros(int(kept.sum()), np.intp)
    own = fine.labels[spec.region].of_rows(kept)
    found, codes = np.unique(own.codes, return_inverse=True)
    return tuple(own.levels[code] for code in found), codes


def _raise_if_missing(
    spec: SlotSpec, lacking: Mapping[str, int], metrics: Mapping[str, SlotMetric | Unreadable]
) -> None:
    if spec.missing != "raise":
        return
    problems = rows_without(lacking, spec.time)
    for name, metric in metrics.items():
        if isinstance(metric, SlotMetric) and (n := int(metric.missing.sum())):
            problems.append(f"metric {name!r} is missing in {n:,} rows")
    if problems:
        raise missing_values(problems)


def _fingerprint(
    regions: Sequence[str],
    panel: Panel,
    metrics: Mapping[str, SlotMetric | Unreadable],
    controls: Mapping[str, NDArray[np.float64]],
    left_out: Mapping[str, int],
) -> str:
    """Hash what the cells are, their rows, and their totals by the thousandth of how these are spread.

    Rounded, because no two runs give a sum of decimals the same last digits.
    """
    digest = sha256(repr((regions, dict(left_out))).encode())
    digest.update(np.stack([panel.region, panel.begin, panel.arm, panel.rows]).astype("<i8").tobytes())
    for labels in panel.labels.values():
        digest.update("\0".join(labels).encode())
    for name, column in _numbers(metrics, controls):
        digest.update(name.encode())
        digest.update(_rounded(column).astype("<i8").tobytes())
    return digest.hexdigest()[:12]


def _numbers(
    metrics: Mapping[str, SlotMetric | Unreadable], controls: Mapping[str, NDArray[np.float64]]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    for name, metric in metrics.items():
        if isinstance(metric, SlotMetric):
            yield name, metric.rows
            yield name, metric.total
            yield name, metric.within
    yield from ((name, np.nan_to_num(column)) for name, column in controls.items())


def _rounded(column: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = float(np.abs(column).max()) or 1.0
    shares = column / largest
    return np.asarray(np.round(shares / 2.0 ** (floor(log2(max(float(shares.std()), LEAST_SPREAD))) - 10)))
