"""W4 on cells: statsmodels fits the treatment with hours and regions partialled out; CR2 and CV3 by dense algebra.

Cells weighted by their rows give the same fit, and the same sums per cluster, as the rows themselves.
"""

from __future__ import annotations

import sys

from benchmarks.line import say


def main(path: str, cluster: str, *_: str) -> None:
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    keys = list(dict.fromkeys([cluster, "region", "hour", "treated"]))
    frame = pd.read_parquet(path, columns=[*keys, "spend"])
    cells = frame.groupby(keys)["spend"].agg(["size", "mean"]).reset_index()
    dummies = [pd.get_dummies(cells[name], drop_first=True).to_numpy(float) for name in ("hour", "region")]
    root, group = np.sqrt(cells["size"].to_numpy(float)), cells[cluster].to_numpy()
    x = root[:, None] * np.column_stack([cells["treated"], np.ones(len(cells)), *dummies])
    y, effects = root * cells["mean"].to_numpy(), x[:, 1:]
    cross = np.linalg.solve(effects.T @ effects, effects.T @ np.column_stack([y, x[:, 0]]))
    left = np.column_stack([y, x[:, 0]]) - effects @ cross
    groups = {"groups": group, "use_correction": False}
    fit = sm.OLS(left[:, 0], left[:, 1]).fit(cov_type="cluster", cov_kwds=groups)
    e, bread = np.asarray(fit.resid), np.linalg.inv(x.T @ x)
    n, k, names = len(frame), x.shape[1], np.unique(group)
    adjusted, shifts = 0.0, 0.0
    for name in names:
        x_g, e_g = x[group == name], e[group == name]
        values, vectors = np.linalg.eigh(np.eye(len(e_g)) - x_g @ bread @ x_g.T)
        free = np.where(values > 1e-10, values, np.inf)  # effects nested in the cluster: generalised inverse
        weight, residual = vectors.T @ (x_g @ bread[0]), vectors.T @ e_g
        adjusted += float((weight / np.sqrt(free)) @ residual) ** 2
        shifts += float((weight / free) @ residual) ** 2
    g, plain = len(names), float(fit.bse[0])
    numbers = {"spend.treatment.effect": fit.params[0], "spend.treatment.std_error_cr0": plain}
    numbers["spend.treatment.std_error_cr1"] = plain * np.sqrt(g / (g - 1) * (n - 1) / (n - k))
    numbers["spend.treatment.std_error_cr2"] = np.sqrt(adjusted)
    numbers["spend.treatment.std_error_cv3"] = np.sqrt(shifts * (g - 1) / g)
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
