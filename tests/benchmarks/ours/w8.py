"""W8: import these modules and nothing else."""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.line import say


def main(*modules: str) -> None:
    for module in modules:
        import_module(module)
    say({})


if __name__ == "__main__":
    main(*sys.argv[1:])
