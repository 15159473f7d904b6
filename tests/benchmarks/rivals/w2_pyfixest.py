"""W2 by pyfixest: OLS with errors clustered by participant (CRV1)."""

from __future__ import annotations

import sys

from benchmarks.line import arm_names, say


def main(path: str, covariate: str | None = None) -> None:
    import pandas as pd
    import pyfixest as pf

    frame = pd.read_parquet(path, columns=["participant", "arm", "spend", *([covariate] if covariate else [])])
    treatments = arm_names(3)[1:]
    for name in treatments:
        frame[name] = (frame["arm"] == name).astype(float)
    right = " + ".join(treatments)
    if covariate:
        frame["centred"] = frame[covariate] - frame[covariate].mean()
        right = f"({right}) * centred"
    fit = pf.feols(f"spend ~ {right}", frame, vcov={"CRV1": "participant"})
    numbers: dict[str, float] = {}
    for name in treatments:
        numbers[f"spend.{name}.effect"] = fit.coef()[name]
        numbers[f"spend.{name}.std_error_cr1"] = fit.se()[name]
    say(numbers)


if __name__ == "__main__":
    main(*sys.argv[1:])
