"""W3: a ratio of totals adjusted by a covariate."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say
from benchmarks.ours.door import analyze, numbers

import decision_widgets as dw


def main(path: str) -> None:
    ratio = dw.Metric("click_rate", numerator="clicks", denominator="views", covariates=["before"])
    design = dw.BetweenSubject(
        participant="participant", arm="arm", control="control", arms=arm_names(3), metrics=[ratio]
    )
    result, note = analyze(path, design)
    methods = tuple(dict.fromkeys(row.method for row in result.estimates if row.recommended))
    say(numbers(result, methods, "std_error_{method}"), note=note)


if __name__ == "__main__":
    main(*sys.argv[1:])
