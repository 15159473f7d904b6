"""W2 by statsmodels: OLS with errors clustered by participant (CR1)."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say


def main(path: str, covariate: str | None = None) -> None:
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    frame = pd.read_parquet(path, columns=["participant", "arm", "spend", *([covariate] if covariate else [])])
    treatments = arm_names(3)[1:]
    columns = [np.ones(len(frame)), *((frame["arm"] == name).to_numpy(float) for name in treatments)]
    if covariate:
        centred = (frame[covariate] - frame[covariate].mean()).to_numpy()
        columns += [centred, *(dummy * centred for dummy in columns[1:])]
    model = sm.OLS(frame["spend"].to_numpy(), np.column_stack(columns))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": frame["participant"].to_numpy()})
    numbers: dict[str, float] = {}
    for place, name in enumerate(treatments, start=1):
        numbers[f"spend.{name}.effect"] = fit.params[place]
        numbers[f"spend.{name}.std_error_cr1"] = fit.bse[place]
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
