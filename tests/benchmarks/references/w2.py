"""W2 by statsmodels: OLS clustered by participant (CR1), and CR2 cluster by cluster from the same fit."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say


def main(path: str, covariate: str | None = None) -> None:
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    frame = pd.read_parquet(path, columns=["participant", "arm", "spend", *([covariate] if covariate else [])])
    frame = frame.sort_values("participant")
    treatments = arm_names(3)[1:]
    columns = [np.ones(len(frame)), *((frame["arm"] == name).to_numpy(float) for name in treatments)]
    if covariate:
        centred = (frame[covariate] - frame[covariate].mean()).to_numpy()
        columns += [centred, *(dummy * centred for dummy in columns[1:])]
    x, who = np.column_stack(columns), frame["participant"].to_numpy()
    fit = sm.OLS(frame["spend"].to_numpy(), x).fit(cov_type="cluster", cov_kwds={"groups": who})
    cr2 = _cr2(x, np.asarray(fit.resid), who)
    numbers: dict[str, float] = {}
    for place, name in enumerate(treatments, start=1):
        numbers[f"spend.{name}.effect"] = fit.params[place]
        numbers[f"spend.{name}.std_error_cr1"] = fit.bse[place]
        numbers[f"spend.{name}.std_error_cr2"] = cr2[place]
    say(numbers)


def _cr2(x, e, who):  # type: ignore[no-untyped-def]
    """Bell & McCaffrey (2002): scores X_g'(I − X_g B X_g')^(-1/2) e_g, by dense algebra."""
    import numpy as np

    bread = np.linalg.inv(x.T @ x)
    edges = np.flatnonzero(np.diff(who)) + 1
    scores = []
    for x_g, e_g in zip(np.split(x, edges), np.split(e, edges), strict=True):
        values, vectors = np.linalg.eigh(np.eye(len(e_g)) - x_g @ bread @ x_g.T)
        scores.append(x_g.T @ (vectors @ ((vectors.T @ e_g) / np.sqrt(values))))
    return np.sqrt(((np.array(scores) @ bread) ** 2).sum(axis=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
