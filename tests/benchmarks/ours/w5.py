"""W5: the Mann–Whitney test, from the unsorted values of two arms to the p-value; the second word is the metric."""

from __future__ import annotations

import sys

from benchmarks.line import say, second

from decision_widgets.estimates import mann_whitney
from decision_widgets.moments import Sample


def main(path: str, metric: str) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["arm", metric])
    values = table[metric].to_numpy()
    control, treatment = (values[pc.equal(table["arm"], name).to_numpy()] for name in ("control", "treatment_1"))
    ranks, seconds = second(lambda: mann_whitney(Sample.of(control), Sample.of(treatment)))
    assert ranks.std_error is not None
    found = {"statistic": ranks.statistic, "p_value": ranks.p_value, "df": ranks.df or 0.0}
    found["brunner_munzel"] = (ranks.superiority - 0.5) / ranks.std_error
    say({f"{metric}.treatment_1.{name}": value for name, value in found.items()}, seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
