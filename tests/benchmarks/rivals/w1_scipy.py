"""W1 by scipy: Welch's t on the columns of the file."""

from __future__ import annotations

import sys

from benchmarks.line import METRICS, arm_names, say


def main(path: str) -> None:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    from scipy import stats

    table = pq.read_table(path, columns=["arm", *METRICS])
    numbers: dict[str, float] = {}
    arms = {name: pc.equal(table["arm"], name).to_numpy() for name in arm_names(3)}
    for metric in METRICS:
        values = table[metric].to_numpy()
        parts = {name: values[rows] for name, rows in arms.items()}
        for name in arm_names(3)[1:]:
            test = stats.ttest_ind(parts[name], parts["control"], equal_var=False)
            effect = parts[name].mean() - parts["control"].mean()
            numbers[f"{metric}.{name}.effect"] = effect
            numbers[f"{metric}.{name}.std_error_cr2"] = effect / test.statistic
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
