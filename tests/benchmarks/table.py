"""The outcome as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from statistics import median

from benchmarks.compare import Compared, Timed
from benchmarks.process import Run
from benchmarks.workloads import Program

SUMMARY = (
    "| workload | rows | best rival | its time ÷ ours | its memory ÷ ours | ours ÷ limit |",
    "|---|---|---|---|---|---|",
)
DETAIL = (
    "| workload | rows | program | seconds: median (min–max) | peak MB | ÷ ours | ÷ limit | differs by |",
    "|---|---|---|---|---|---|---|---|",
)
GROWTH = ("| ours, the whole default analysis | seconds: median (min–max) | peak MB | ÷ start |", "|---|---|---|---|")


def summary_text(outcomes: Sequence[Compared]) -> list[str]:
    """Write one line per workload and size."""
    lines = [*SUMMARY]
    for outcome in outcomes:
        start = f"| {outcome.workload.key} | {_rows(outcome)} |"
        ours = _timed(outcome, outcome.workload.ours)
        if outcome.wrong:
            lines.append(f"{start} **WRONG**: {outcome.wrong} | | | |")
        elif ours is not None:
            rivals = [each for each in outcome.programs if each.program in outcome.workload.rivals and each.runs]
            best = min(rivals, key=seconds, default=None)
            memory = f"{peak(best.runs) / peak(ours.runs):.2f}" if best else ""
            limit = _timed(outcome, outcome.workload.limit)
            name = best.program.name if best else "none was run"
            lines.append(f"{start} {name} | {_ratio(best, ours)} | {memory} | {_ratio(ours, limit)} |")
    return lines


def detail_text(outcomes: Sequence[Compared]) -> list[str]:
    """Write one line per program, then titles and notes."""
    lines = [*DETAIL]
    for outcome in outcomes:
        ours, limit = _timed(outcome, outcome.workload.ours), _timed(outcome, outcome.workload.limit)
        start = f"| {outcome.workload.key} | {_rows(outcome)} |"
        lines += [f"{start} {_line(each, ours, limit)}" for each in outcome.programs if not outcome.wrong]
    titles = [f"- {outcome.workload.key}: {outcome.workload.title}." for outcome in outcomes]
    notes = [f"- {outcome.workload.key}: {outcome.note}." for outcome in outcomes if outcome.note]
    return [*lines, "", *dict.fromkeys(titles + notes)]


def growth_text(grown: dict[str, list[Run]]) -> list[str]:
    """Write how ours grows in each direction."""
    lines = [*GROWTH]
    times = {name: median(run.seconds for run in runs) for name, runs in grown.items()}
    first = next(iter(times.values()))
    for name, runs in grown.items():
        lines.append(f"| {name} | {spread(runs)} | {peak(runs):,.0f} | {times[name] / first:.2f} |")
    return [*lines, "", f"5 metrics ÷ 1 metric: {first / times['1 metric']:.2f}."]


def machine_text(repetitions: int, versions: str, *, warm_up: bool) -> str:
    """Say where it ran: seconds mean little without it."""
    cache = "page cache warm" if warm_up else "the first of them unprepared"
    load = f"load {os.getloadavg()[0]:.1f} before the start, " if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} cores, {load}{platform.system()} {platform.machine()}, Python {platform.python_version()}; "
        f"medians of {repetitions} whole processes, programs taking turns, {cache}. {versions}"
    )


def spread(runs: Sequence[Run]) -> str:
    """Write the median with the smallest and the largest."""
    times = [run.seconds for run in runs]
    return f"{median(times):.3g} ({min(times):.3g}–{max(times):.3g})"


def peak(runs: Sequence[Run]) -> float:
    """Return the median of the peak memory, in MB."""
    return float(median(run.peak_mb for run in runs))


def seconds(each: Timed) -> float:
    """Return the median time."""
    return float(median(run.seconds for run in each.runs))


def _line(each: Timed, ours: Timed | None, limit: Timed | None) -> str:
    if each.failure is not None:
        return f"{each.program.name} | failed: {each.failure} | | | | |"
    if not each.runs:
        return f"{each.program.name} | reference, not timed | | | | {each.differs} |"
    ratios = f"{_ratio(each, ours)} | {_ratio(each, limit)}"
    return f"{each.program.name} | {spread(each.runs)} | {peak(each.runs):,.0f} | {ratios} | {each.differs} |"


def _timed(outcome: Compared, program: Program | None) -> Timed | None:
    return next((each for each in outcome.programs if each.program == program and each.runs), None)


def _ratio(each: Timed | None, base: Timed | None) -> str:
    return f"{seconds(each) / seconds(base):.2f}" if each and base else ""


def _rows(outcome: Compared) -> str:
    return "" if outcome.rows is None else f"{outcome.rows:.0e}".replace("e+0", "e")
