"""W2: one metric, errors clustered by participant; a second word names a covariate."""

from __future__ import annotations

import sys

from benchmarks.line import say
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str, *covariates: str) -> None:
    result = dw.analyze(path, design([dw.Metric("spend", covariates=covariates)]), methods=[])
    say(numbers(result, "cuped" if covariates else "ols_cr2"))


if __name__ == "__main__":
    main(*sys.argv[1:])
