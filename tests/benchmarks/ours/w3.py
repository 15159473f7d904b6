"""W3: a ratio of totals adjusted by a covariate, errors clustered by participant."""

from __future__ import annotations

from benchmarks.line import asked, say, words
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str) -> None:
    ratio = dw.Metric("click_rate", numerator="clicks", denominator="views", covariates=["before"])
    found, seconds = asked(lambda: dw.analyze(path, design([ratio]), methods=[]))
    say(numbers(found, "cuped"), seconds=seconds)


if __name__ == "__main__":
    main(*words())
