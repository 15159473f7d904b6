"""W3 by statsmodels: OLS on the participants' linearised ratios (HC2), slopes of each arm's own."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say
from benchmarks.references.clustered import cr2, of_mean


def main(path: str) -> None:
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    rows = pd.read_parquet(path, columns=["participant", "arm", "clicks", "views", "before"])
    people = rows.groupby("participant", as_index=False).agg(
        arm=("arm", "first"), clicks=("clicks", "sum"), views=("views", "sum"), before=("before", "mean")
    )
    arms = people.groupby("arm")[["clicks", "views"]]
    totals, means = arms.transform("sum"), arms.transform("mean")
    level = totals["clicks"] / totals["views"]
    value = (level + (people["clicks"] - level * people["views"]) / means["views"]).to_numpy()
    treatments = arm_names(3)[1:]
    dummies = [(people["arm"] == name).to_numpy(float) for name in treatments]
    centred = (people["before"] - people["before"].mean()).to_numpy()
    x = np.column_stack([np.ones(len(people)), *dummies, centred, *(dummy * centred for dummy in dummies)])
    fit = sm.OLS(value, x).fit(cov_type="HC2")
    who = np.arange(len(people))
    _, df = cr2(x, np.asarray(fit.resid)[:, None], who)
    numbers: dict[str, float] = {}
    for place, arm in enumerate(treatments, start=1):
        more = of_mean(centred, fit.params[len(treatments) + 1 + place], who)
        numbers[f"click_rate.{arm}.effect"] = fit.params[place]
        numbers[f"click_rate.{arm}.std_error_cuped"] = np.sqrt(fit.bse[place] ** 2 + more)
        numbers[f"click_rate.{arm}.df_cuped"] = df[place]
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
