"""W1: the recommended analysis of a file; every row is a participant, or the second word names their column.

A fifth word adds the toolbox that a default analysis shows.
"""

from __future__ import annotations

from benchmarks.line import asked, metric_names, say, words
from benchmarks.ours.analysis import design, numbers

import decision_widgets as dw


def main(path: str, participant: str | None = None, metrics: str = "5", arms: str = "3", toolbox: str = "") -> None:
    own = design(metric_names(int(metrics)), participant=participant, arms=int(arms))
    found, seconds = asked(lambda: dw.analyze(path, own, methods=None if toolbox else []))
    say(numbers(found), seconds=seconds)


if __name__ == "__main__":
    main(*words())
