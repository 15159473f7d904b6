"""W6: statsmodels' estimate of the schedule that the file was made with, hours and regions partialled out."""

from __future__ import annotations

import sys

from benchmarks.line import say
from benchmarks.references.cells import cells


def main(path: str) -> None:
    import statsmodels.api as sm

    own = cells(path, "unit")
    say({"spend.treatment.effect": sm.OLS(own.left[:, 0], own.left[:, 1]).fit().params[0]})


if __name__ == "__main__":
    main(*sys.argv[1:])
