"""W5 by scipy: Mann–Whitney, and Brunner–Munzel, whose error stands behind the interval."""

from __future__ import annotations

import sys

from benchmarks.line import say


def main(path: str, metric: str) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from scipy import stats

    table = pq.read_table(path, columns=["arm", metric])
    values = table[metric].to_numpy()
    control, treatment = (values[pc.equal(table["arm"], name).to_numpy()] for name in ("control", "treatment_1"))
    test = stats.mannwhitneyu(treatment, control, method="asymptotic")
    found = {"statistic": test.statistic, "p_value": test.pvalue} | _brunner_munzel(control, treatment)
    say({f"{metric}.treatment_1.{name}": value for name, value in found.items()})


def _brunner_munzel(control, treatment):
    """scipy's statistic, and the degrees of freedom, which it does not give, from mid-ranks."""
    import numpy as np
    from scipy import stats

    both = stats.rankdata(np.concatenate([control, treatment]))
    parts = []
    for values, ranks in ((control, both[: len(control)]), (treatment, both[len(control) :])):
        parts.append(np.var(ranks - stats.rankdata(values), ddof=1) * len(values))
    df = sum(parts) ** 2 / sum(p**2 / (len(v) - 1) for p, v in zip(parts, (control, treatment), strict=True))
    return {"brunner_munzel": stats.brunnermunzel(control, treatment).statistic, "df": df}


if __name__ == "__main__":
    main(*sys.argv[1:])
