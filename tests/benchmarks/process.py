"""Run one script in a process of its own, and read its line."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from benchmarks.workloads import Data, Program

TESTS = Path(__file__).resolve().parents[1]
RIVALS = (
    *("tea-tasting", "statsmodels", "pyfixest", "wildboottest", "linearmodels"),
    *("scipy", "duckdb", "polars", "pandas"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one process took and found, or why it did not."""

    seconds: float = 0.0
    peak_mb: float = 0.0
    numbers: dict[str, float] = field(default_factory=dict)
    note: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The interpreters, the folder of the data, and the longest time a process may take."""

    ours: str
    rivals: str | None
    folder: Path
    timeout: float

    def can_run(self, program: Program) -> bool:
        """Tell whether the program has an interpreter: rivals need theirs."""
        return self.rivals is not None or not program.script.startswith("rivals/")

    def versions(self) -> str:
        """Name what the rivals' environment holds."""
        if self.rivals is None:
            return "No environment of rivals was given."
        code = "import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
        command = [self.rivals, "-c", f"import sys; {code}", *RIVALS]
        done = subprocess.run(command, capture_output=True, text=True)
        return f"Rivals: {done.stdout.strip()}." if done.returncode == 0 else "The rivals' environment is incomplete."

    def make(self, data: Data | None) -> Path | None:
        """Make a table unless it is there already."""
        if data is None:
            return None
        maker = sha256((TESTS / "benchmarks" / "data.py").read_bytes()).hexdigest()[:8]
        path = self.folder / f"{maker}-{data.name}"
        if not path.exists():
            sizes = {"rows": data.rows, "participants": data.participants, "metrics": data.metrics, "arms": data.arms}
            words = [f"--{name}={value}" for name, value in sizes.items()]
            command = [self.rivals or self.ours, "-m", "benchmarks.data", str(path), data.kind, *words]
            subprocess.run(command, cwd=TESTS, check=True)
        return path

    def compile(self) -> None:
        """Compile ours, as pip does with what it installs, the rivals' packages among it."""
        for folder in (TESTS.parent / "decision_widgets", TESTS / "benchmarks"):
            compileall.compile_dir(folder, quiet=2)

    def run(self, program: Program, path: Path | None, *, compute: bool = False) -> Run:
        """Run a program once; `compute` takes the time it says itself instead of that of the whole process."""
        python = self.ours if program.script.startswith("ours/") else self.rivals or self.ours
        module = "benchmarks." + program.script.removesuffix(".py").replace("/", ".")
        command = [python, "-m", module, *([str(path)] if path else []), *program.words]
        here = os.environ | {"PYTHONPATH": str(TESTS.parent)}  # ours is this clone, whatever is installed
        start = time.perf_counter()
        try:
            done = subprocess.run(command, cwd=TESTS, env=here, capture_output=True, text=True, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return Run(failure=f"over {self.timeout:,.0f} s")
        seconds = time.perf_counter() - start
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            return Run(failure=last[:200])
        line = json.loads(done.stdout.strip().splitlines()[-1])
        took = line["seconds"] if compute and line["seconds"] is not None else seconds
        return Run(seconds=took, peak_mb=line["peak_mb"], numbers=line["numbers"], note=line["note"])
