"""W2: one metric, errors clustered by participant; a second word names a covariate."""

from __future__ import annotations

from benchmarks.line import asked, say, words
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str, *covariates: str) -> None:
    own = design([dw.Metric("spend", covariates=covariates)])
    found, seconds = asked(lambda: dw.analyze(path, own, methods=[]))
    say(numbers(found, "cuped" if covariates else "ols_cr2"), seconds=seconds)


if __name__ == "__main__":
    main(*words())
