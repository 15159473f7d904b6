"""W8 by a rival: import one module and nothing else."""

from __future__ import annotations

import sys

from benchmarks.ours.w8 import main

if __name__ == "__main__":
    main(*sys.argv[1:])
