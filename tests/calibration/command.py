"""The command: which paths, how many replications, and what counts as failure."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path as File

from calibration.catalogue import PATHS
from calibration.judging import Line, after, lines_of
from calibration.path import FULL, REDUCED, Path
from calibration.rivals.beside import rival_text
from calibration.running import run_paths
from calibration.table import table_text

RESULTS = File(__file__).with_name("RESULTS.md")


def main(words: Sequence[str], paths: Sequence[Path] = PATHS) -> int:
    """Simulate, write the table, and return 1 when a path leaves its band or a negative control stays inside."""
    a = _arguments(words)
    chosen = [path for path in paths if not a.only or any(word in f"{path.section}: {path.name}" for word in a.only)]
    if not chosen:
        print(f"No path has {a.only} in its name.", file=sys.stderr)
        return 2
    started = time.perf_counter()
    lines = judged_lines(chosen, a.replications, a.jobs)
    text = table_text(lines, a.replications, rival_text(a.rivals, min(a.replications, REDUCED)))
    if a.output is None:
        print(text)
    else:
        a.output.write_text(text, "utf-8")
    failed = [line for line in lines if not line.passed]
    for line in failed:
        print(f"OUT OF BAND {line.section}: {line.name}", file=sys.stderr)
    print(f"{len(lines)} lines, {len(failed)} out, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return 1 if failed else 0


def judged_lines(paths: Sequence[Path], replications: int, jobs: int) -> list[Line]:
    """Run and judge; a path that is out is run once more with other seeds, which then decides."""

    def lines(which: Sequence[Path], attempt: int) -> dict[int, list[Line]]:
        ran = run_paths(which, replications, jobs, attempt=attempt, tell=lambda text: print(text, file=sys.stderr))
        return {each.path.seed: lines_of(each) for each in ran}

    first = lines(paths, 0)
    out = [path for path in paths if not path.must_fail and not all(line.passed for line in first[path.seed])]
    again = lines(out, 1) if out else {}
    found: list[Line] = []
    for path in paths:
        found += after(first[path.seed], again[path.seed]) if path.seed in again else first[path.seed]
    return found


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    ask = argparse.ArgumentParser(prog="calibrate.py", description="Simulate what inference promises.")
    ask.add_argument("--reduced", action="store_true", help=f"{REDUCED:,} replications instead of {FULL:,}")
    ask.add_argument("--replications", type=int, help="any other number")
    ask.add_argument("--only", nargs="+", help="words of section and name; prints unless --output is given")
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes; the numbers do not depend on it")
    ask.add_argument("--rivals", help="the Python of the rivals' environment")
    ask.add_argument("--output", type=File, help="where to write the table (RESULTS.md beside this file)")
    a = ask.parse_args(words)
    a.replications = a.replications or (REDUCED if a.reduced else FULL)
    if a.output is None and not a.only:
        a.output = RESULTS
    return a


if __name__ == "__main__":
    raise SystemExit("Run tests/calibration/calibrate.py instead.")
