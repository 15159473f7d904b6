"""W5 by scipy: the Mann–Whitney test with its normal approximation; the second word is the metric.

A third word adds Brunner and Munzel's test, which ours always computes.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.line import say, second


def main(path: str, metric: str, both: str = "") -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from scipy import stats

    table = pq.read_table(path, columns=["arm", metric])
    values = table[metric].to_numpy()
    control, treatment = (values[pc.equal(table["arm"], name).to_numpy()] for name in ("control", "treatment_1"))

    def tests() -> tuple[Any, ...]:
        ranks = stats.mannwhitneyu(treatment, control, method="asymptotic")
        return (ranks, stats.brunnermunzel(control, treatment)) if both else (ranks,)

    (ranks, *others), seconds = second(tests)
    found = {"statistic": ranks.statistic, "p_value": ranks.pvalue}
    if others:
        found["brunner_munzel"] = others[0].statistic
    say({f"{metric}.treatment_1.{name}": value for name, value in found.items()}, seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
