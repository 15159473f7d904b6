"""One workload at one size: first do all agree, then how long does each take."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.agreement import agreement, gaps
from benchmarks.process import Bench, Run
from benchmarks.workloads import Program, Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many rows, up to how many the reference checks, and how often everything is measured.

    `warm_up`: the round that checks the numbers is not one of those.
    """

    rows: int
    check_rows: int
    repetitions: int
    warm_up: bool


@dataclass(slots=True, kw_only=True)
class Timed:
    """A program with its runs, and how far its numbers are from ours."""

    program: Program
    differs: str = ""
    failure: str | None = None
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Compared:
    """The outcome for one workload at one size; `wrong` means that no time is reported."""

    workload: Workload
    rows: int | None
    wrong: str | None = None
    note: str | None = None
    programs: list[Timed] = field(default_factory=list)


def compare(bench: Bench, workload: Workload, size: Size, *, rivals: bool) -> Compared:
    """Check the numbers against the reference and the rivals; when they agree, run all in turn and keep the times."""
    path = bench.make(workload.data(size.rows))
    ours = bench.run(workload.ours, path, compute=workload.compute)
    rows = size.rows if workload.kind else None
    found = Compared(workload=workload, rows=rows, note=ours.note, wrong=ours.failure)
    if found.wrong:
        return found
    numbers = _check(bench, workload, size, ours, found) | ours.numbers
    others = [*([workload.limit] if workload.limit else []), *(workload.rivals if rivals else ())]
    timed = [Timed(program=program) for program in others if bench.can_run(program)]
    first = [bench.run(each.program, path, compute=workload.compute) for each in timed]
    for each, run in zip(timed, first, strict=True):
        _look(each, run, numbers, found)
    if found.wrong:
        return found
    timed.insert(0, Timed(program=workload.ours))
    if not size.warm_up:
        for each, run in zip(timed, [ours, *first], strict=True):
            each.runs += [run] if each.failure is None else []
    for _ in range(size.repetitions - (not size.warm_up)):
        for each in timed:
            if each.failure is None:
                each.runs.append(bench.run(each.program, path, compute=workload.compute))
    found.programs += timed
    return found


def _check(bench: Bench, workload: Workload, size: Size, ours: Run, found: Compared) -> dict[str, float]:
    """Hold ours against the reference, at a size that it can bear; return its numbers when they are of this size."""
    if workload.reference is None:
        return {}
    same = size.rows <= size.check_rows
    path = bench.make(workload.data(min(size.rows, size.check_rows)))
    mine = ours if same else bench.run(workload.ours, path)
    answer = bench.run(workload.reference, path)
    found.wrong = mine.failure or answer.failure
    differs = ""
    if not found.wrong:
        agrees, missing = agreement(mine.numbers, answer.numbers), gaps(mine.numbers, answer.numbers)
        differs = agrees.text
        if missing or not agrees.within(workload.reference.tolerance):
            found.wrong = (
                f"{workload.reference.name} {differs} {agrees.where}; not in both: {', '.join(missing[:3]) or 'none'}"
            )
    found.programs.append(Timed(program=workload.reference, differs=differs))
    return answer.numbers if same else {}


def _look(each: Timed, run: Run, numbers: dict[str, float], found: Compared) -> None:
    each.failure = run.failure
    if run.failure is not None or not numbers or not run.numbers:
        return
    agrees = agreement(numbers, run.numbers)
    each.differs = agrees.text
    if not agrees.within(each.program.tolerance):
        found.wrong = found.wrong or f"{each.program.name} {agrees.text} {agrees.where}"
