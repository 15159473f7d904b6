"""W4 by pyfixest, hours and regions absorbed: the words are the cluster, then crv1, crv3 or bootstrap."""

from __future__ import annotations

import sys
import time

from benchmarks.line import say


def main(path: str, cluster: str, what: str) -> None:
    import pandas as pd
    import pyfixest as pf

    frame = pd.read_parquet(path, columns=list({"spend", "treated", "hour", "region", cluster}))
    jackknife = what == "crv3"
    ssc = pf.ssc(k_adj=False, G_adj=False) if jackknife else pf.ssc(k_fixef="full")
    start = time.perf_counter()
    fit = pf.feols("spend ~ treated | hour + region", frame, vcov={"CRV3" if jackknife else "CRV1": cluster}, ssc=ssc)
    numbers = {"spend.treatment.effect": fit.coef()["treated"]}
    if what == "bootstrap":
        start = time.perf_counter()
        fit.wildboottest(param="treated", reps=9999, cluster=cluster, seed=1)
    elif jackknife:  # without its factors pyfixest sums the squares of the G differences
        g = frame[cluster].nunique()
        numbers["spend.treatment.std_error_cv3"] = fit.se()["treated"] * ((g - 1) / g) ** 0.5
    else:
        numbers["spend.treatment.std_error_cr1"] = fit.se()["treated"]
    say(numbers, seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
