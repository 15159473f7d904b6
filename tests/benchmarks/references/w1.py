"""W1 by statsmodels: differences in means on observations, pooled variance of the two arms compared."""

from __future__ import annotations

import sys

from benchmarks.line import METRICS, arm_names, say


def main(path: str) -> None:
    import pandas as pd
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    frame = pd.read_parquet(path, columns=["arm", *METRICS])
    arms = {name: frame.loc[frame["arm"] == name] for name in arm_names(3)}
    numbers: dict[str, float] = {}
    for metric in METRICS:
        described = {name: DescrStatsW(rows[metric].to_numpy(float)) for name, rows in arms.items()}
        for name in arm_names(3)[1:]:
            compared = CompareMeans(described[name], described["control"])
            numbers[f"{metric}.{name}.effect"] = described[name].mean - described["control"].mean
            numbers[f"{metric}.{name}.std_error"] = compared.std_meandiff_pooledvar
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
