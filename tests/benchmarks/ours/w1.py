"""W1: the recommended analysis of a file; every row is a participant, or the second word names their column.

A fifth word adds the toolbox that a default analysis shows.
"""

from __future__ import annotations

import sys

from benchmarks.line import metric_names, say
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str, participant: str | None = None, metrics: str = "5", arms: str = "3", toolbox: str = "") -> None:
    own = design(metric_names(int(metrics)), participant=participant, arms=int(arms))
    say(numbers(dw.analyze(path, own, methods=None if toolbox else [])))


if __name__ == "__main__":
    main(*sys.argv[1:])
