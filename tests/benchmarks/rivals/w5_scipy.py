"""W5 by scipy: the Mann–Whitney test with its normal approximation; the second word is the metric."""

from __future__ import annotations

import sys

from benchmarks.line import say, second


def main(path: str, metric: str) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from scipy import stats

    table = pq.read_table(path, columns=["arm", metric])
    values = table[metric].to_numpy()
    control, treatment = (values[pc.equal(table["arm"], name).to_numpy()] for name in ("control", "treatment_1"))
    test, seconds = second(lambda: stats.mannwhitneyu(treatment, control, method="asymptotic"))
    found = {"statistic": test.statistic, "p_value": test.pvalue}
    say({f"{metric}.treatment_1.{name}": value for name, value in found.items()}, seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
