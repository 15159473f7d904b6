"""W2 by linearmodels: OLS with errors clustered by participant."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say


def main(path: str, covariate: str | None = None) -> None:
    import pandas as pd
    from linearmodels.iv import IV2SLS

    frame = pd.read_parquet(path, columns=["participant", "arm", "spend", *([covariate] if covariate else [])])
    treatments = arm_names(3)[1:]
    x = pd.DataFrame({"one": 1.0} | {name: (frame["arm"] == name).astype(float) for name in treatments})
    if covariate:
        x["centred"] = frame[covariate] - frame[covariate].mean()
        for name in treatments:
            x[f"{name}_centred"] = x[name] * x["centred"]
    model = IV2SLS(frame["spend"], x, None, None)
    fit = model.fit(cov_type="clustered", clusters=frame["participant"], debiased=True)
    numbers: dict[str, float] = {}
    for name in treatments:
        numbers[f"spend.{name}.effect"] = fit.params[name]
        numbers[f"spend.{name}.std_error_cr1"] = fit.std_errors[name]
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
