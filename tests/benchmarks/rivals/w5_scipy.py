"""W5 by scipy: the Mann–Whitney test with its normal approximation."""

from __future__ import annotations

import sys
import time

from benchmarks.line import say


def main(path: str) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from scipy import stats

    table = pq.read_table(path, columns=["arm", "spend"])
    spend = table["spend"].to_numpy()
    control, treatment = (spend[pc.equal(table["arm"], name).to_numpy()] for name in ("control", "treatment_1"))
    start = time.perf_counter()
    test = stats.mannwhitneyu(treatment, control, method="asymptotic")
    seconds = time.perf_counter() - start
    say({"spend.treatment_1.statistic": test.statistic, "spend.treatment_1.p_value": test.pvalue}, seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
