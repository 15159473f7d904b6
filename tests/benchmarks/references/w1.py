"""W1 by statsmodels: differences in means of rows, each with its own arm's variance."""

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
            numbers[f"{metric}.{name}.std_error_cr2"] = compared.std_meandiff_separatevar
            numbers[f"{metric}.{name}.df_cr2"] = _df(described[name].nobs, described["control"].nobs)
    say(numbers)


def _df(n: float, m: float) -> float:
    """Bell & McCaffrey (2002) for two means: Satterthwaite's degrees of freedom at equal variances."""
    return (1 / n + 1 / m) ** 2 / (1 / (n**2 * (n - 1)) + 1 / (m**2 * (m - 1)))


if __name__ == "__main__":
    main(*sys.argv[1:])
