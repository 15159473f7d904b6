"""W4 by pyfixest, hours and regions absorbed: the words are the cluster, then crv1, crv3, bootstrap, randomisation."""

from __future__ import annotations

import sys

from benchmarks.line import say, second

DRAWS, FITTED = 10_000, 20


def main(path: str, cluster: str, what: str) -> None:
    import pandas as pd
    import pyfixest as pf

    if what == "randomisation":
        randomisation(path, cluster)
        return
    frame = pd.read_parquet(path, columns=list({"spend", "treated", "hour", "region", cluster}))
    jackknife = what == "crv3"
    ssc = pf.ssc(k_adj=False, G_adj=False) if jackknife else pf.ssc(k_fixef="nonnested")

    def fit(kind: str) -> pf.Feols:
        return pf.feols("spend ~ treated | hour + region", frame, vcov={kind: cluster}, ssc=ssc)

    if what == "bootstrap":
        own = fit("CRV1")
        drawn, seconds = second(lambda: own.wildboottest(param="treated", reps=9999, cluster=cluster, seed=1))
        # wildboottest counts regions among the coefficients though they are the clusters: only the factor differs
        regions, hours = frame["region"].nunique(), frame["hour"].nunique()
        factor = ((len(frame) - hours - 1) / (len(frame) - hours - regions)) ** 0.5 if cluster == "region" else 1.0
        numbers = {"effect": own.coef()["treated"], "statistic": drawn["t value"] * factor}
        say({f"spend.treatment.{name}": value for name, value in numbers.items()}, seconds=seconds)
        return
    if jackknife:  # without its factors pyfixest sums the squares of the G differences
        own, seconds = second(lambda: fit("CRV3"))
        g = frame[cluster].nunique()
        numbers = {"spend.treatment.std_error_cv3": own.se()["treated"] * ((g - 1) / g) ** 0.5}
    else:
        own, seconds = fit("CRV1"), None
        numbers = {"spend.treatment.std_error_cr1": own.se()["treated"]}
    say(numbers | {"spend.treatment.effect": own.coef()["treated"]}, seconds=seconds)


def randomisation(path: str, cluster: str) -> None:
    """Fit cells, weighted by their rows, once for each dealt treatment: its own ritest does not run with this numba."""
    import numpy as np
    import pandas as pd
    import pyfixest as pf

    keys = [cluster, "region", "hour", "by_day"]
    cells = pd.read_parquet(path, columns=[*keys, "spend"]).groupby(keys)["spend"].agg(["size", "mean"]).reset_index()
    ssc, rng = pf.ssc(k_fixef="nonnested"), np.random.default_rng(1)

    def statistic(treatment: str) -> tuple[float, float]:
        model = f"mean ~ {treatment} | hour + region"
        fit = pf.feols(model, cells, weights="size", weights_type="fweights", vcov={"CRV1": cluster}, ssc=ssc)
        return fit.coef()[treatment], fit.tstat()[treatment]

    def draws() -> list[tuple[float, float]]:
        drawn = []
        for _ in range(FITTED):
            cells["dealt"] = rng.integers(0, 2, int(cells[cluster].max()) + 1)[cells[cluster]]
            drawn.append(statistic("dealt"))
        return drawn

    _, seconds = second(draws)
    effect, t = statistic("by_day")
    say({"spend.treatment.effect": effect, "spend.treatment.statistic": t}, seconds=seconds * DRAWS / FITTED)


if __name__ == "__main__":
    main(*sys.argv[1:])
