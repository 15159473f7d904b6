"""W1: all metrics of all arms. The rows compared with rivals are those of plain OLS on observations."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, metric_names, say
from benchmarks.ours.door import analyze, numbers

import decision_widgets as dw


def main(path: str, metrics: str = "5", arms: str = "3") -> None:
    design = dw.BetweenSubject(
        participant="participant",
        arm="arm",
        control="control",
        arms=arm_names(int(arms)),
        metrics=metric_names(int(metrics)),
    )
    result, note = analyze(path, design)
    say(numbers(result, ("ols",), "std_error"), note=note)


if __name__ == "__main__":
    main(*sys.argv[1:])
