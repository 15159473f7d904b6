"""Simulate what inference promises and write RESULTS.md: ``python tests/calibration/calibrate.py --reduced``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # The processes share the cores; threads of the linear algebra would only get into their way.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from calibration.command import main

    raise SystemExit(main(sys.argv[1:]))
