"""W1: the whole default analysis of a file; every row is a participant, or the second word names their column."""

from __future__ import annotations

import sys

from benchmarks.line import metric_names, say
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str, participant: str | None = None, metrics: str = "5", arms: str = "3") -> None:
    own = design(metric_names(int(metrics)), participant=participant, arms=int(arms))
    say(numbers(dw.analyze(path, own)))


if __name__ == "__main__":
    main(*sys.argv[1:])
