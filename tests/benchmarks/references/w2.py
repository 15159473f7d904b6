"""W2 by statsmodels: OLS clustered by participant (CR1), and CR2 from the same fit; with a covariate Lin's (2013)."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say
from benchmarks.references.clustered import cr2, of_mean


def main(path: str, metrics: str, covariate: str | None = None) -> None:
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    names, treatments = metrics.split(","), arm_names(3)[1:]
    frame = pd.read_parquet(path, columns=["participant", "arm", *names, *([covariate] if covariate else [])])
    frame = frame.sort_values("participant")
    who = np.unique(frame["participant"], return_inverse=True)[1]
    columns = [np.ones(len(frame)), *((frame["arm"] == name).to_numpy(float) for name in treatments)]
    if covariate:
        centred = (frame[covariate] - frame[covariate].mean()).to_numpy()
        columns += [centred, *(dummy * centred for dummy in columns[1:])]
    x = np.column_stack(columns)
    fits = [sm.OLS(frame[name].to_numpy(float), x).fit(cov_type="cluster", cov_kwds={"groups": who}) for name in names]
    errors, df = cr2(x, np.column_stack([fit.resid for fit in fits]), who)
    method = "cuped" if covariate else "cr2"
    numbers: dict[str, float] = {}
    for name, fit, error in zip(names, fits, errors, strict=True):
        for place, arm in enumerate(treatments, start=1):
            more = of_mean(centred, fit.params[len(treatments) + 1 + place], who) if covariate else 0.0
            numbers[f"{name}.{arm}.effect"] = fit.params[place]
            numbers[f"{name}.{arm}.std_error_cr1"] = fit.bse[place]
            numbers[f"{name}.{arm}.std_error_{method}"] = np.sqrt(error[place] ** 2 + more)
            numbers[f"{name}.{arm}.df_{method}"] = df[place]
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
