"""W3: a ratio of totals adjusted by a covariate, errors clustered by participant."""

from __future__ import annotations

import sys

from benchmarks.line import say
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str) -> None:
    ratio = dw.Metric("click_rate", numerator="clicks", denominator="views", covariates=["before"])
    say(numbers(dw.analyze(path, design([ratio]), methods=[]), "cuped"))


if __name__ == "__main__":
    main(*sys.argv[1:])
