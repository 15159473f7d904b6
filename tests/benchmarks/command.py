"""The command: what to measure, in which order, and what counts as failure."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.compare import Compared, Size, compare
from benchmarks.process import Bench, Run
from benchmarks.table import detail_text, growth_text, machine_text, summary_text
from benchmarks.workloads import WORKLOADS, growth


def main(words: Sequence[str]) -> int:
    """Measure, print the tables, and return 1 when a number of ours was wrong or missing."""
    a = _arguments(words)
    a.data.mkdir(parents=True, exist_ok=True)
    rivals = str(Path(a.rivals).absolute()) if a.rivals else None
    bench = Bench(ours=sys.executable, rivals=rivals, folder=a.data.absolute(), timeout=a.timeout)
    bench.compile()
    lines = [
        "## Against rivals and the limit",
        "",
        machine_text(a.repetitions, bench.versions(), warm_up=not a.quick),
        "",
    ]
    outcomes = _outcomes(bench, a)
    lines += [*summary_text(outcomes), "", *detail_text(outcomes)]
    failed = [f"{o.workload.key}: {o.wrong}" for o in outcomes if o.wrong]
    if not a.only or "growth" in a.only:
        grown = _grown(bench, int(a.rows[0]), a.repetitions)
        failed += [f"growth, {name}: {r.failure}" for name, runs in grown.items() for r in runs if r.failure]
        lines += ["", "## Growth", "", *([] if failed else growth_text(grown))]
    text = "\n".join(lines) + "\n"
    print(text)
    if a.output:
        a.output.write_text(text, "utf-8")
    for problem in failed:
        print(f"FAILED {problem}", file=sys.stderr)
    return 1 if failed else 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    ask = argparse.ArgumentParser(prog="measure.py", description="Measure ours against rivals and the bare engine.")
    ask.add_argument(
        "--quick", action="store_true", help="1e5 rows, 2 repetitions, no unmeasured round: under 3 minutes"
    )
    ask.add_argument("--rows", nargs="+", type=float, help="sizes (1e6 1e7)")
    ask.add_argument("--rivals", help="the Python of the rivals' environment; without it only ours and the limit run")
    ask.add_argument("--rival-rows", type=float, default=1e7, help="no rival sees more rows: they fill the memory")
    ask.add_argument("--repetitions", type=int, help="processes per program (5)")
    ask.add_argument("--only", nargs="+", help="keys of workloads (W1: all that begin so), or growth")
    ask.add_argument("--timeout", type=float, default=900, help="seconds for one process")
    ask.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "decision-widgets-benchmarks")
    ask.add_argument("--output", type=Path, help="also write the tables to this file")
    a = ask.parse_args(words)
    a.rows = a.rows or ([1e5] if a.quick else [1e6, 1e7])
    a.repetitions = a.repetitions or (2 if a.quick else 5)
    a.check_rows = 100_000 if a.quick else 1_000_000
    return a


def _outcomes(bench: Bench, a: argparse.Namespace) -> list[Compared]:
    found = []
    for workload in WORKLOADS:
        if a.only and not {workload.key, workload.key.split()[0]} & set(a.only):
            continue
        if a.quick and workload.only_rows and not a.only:
            continue
        for rows in [workload.only_rows] if workload.only_rows else a.rows[:1] if workload.kind is None else a.rows:
            if rows > workload.most_rows:
                continue
            print(f"{workload.key} {rows:.0e} …", file=sys.stderr, flush=True)
            size = Size(rows=int(rows), check_rows=a.check_rows, repetitions=a.repetitions, warm_up=not a.quick)
            found.append(compare(bench, workload, size, rivals=rows <= a.rival_rows))
    return found


def _grown(bench: Bench, rows: int, repetitions: int) -> dict[str, list[Run]]:
    sizes = growth(rows)
    paths = {name: bench.make(size.data) for name, size in sizes.items()}
    grown: dict[str, list[Run]] = {name: [] for name in sizes}
    for _ in range(repetitions):
        for name, size in sizes.items():
            grown[name].append(bench.run(size.program, paths[name]))
    return grown


if __name__ == "__main__":
    raise SystemExit("Run tests/benchmarks/measure.py instead.")
