"""Measure ours against rivals and against the bare engine: ``python tests/benchmarks/measure.py --quick``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from benchmarks.command import main

    raise SystemExit(main(sys.argv[1:]))
