"""W4 by linearmodels, hours and regions absorbed; the second word is the cluster."""

from __future__ import annotations

import sys

from benchmarks.line import say


def main(path: str, cluster: str) -> None:
    import pandas as pd
    from linearmodels.iv import AbsorbingLS

    frame = pd.read_parquet(path, columns=list({"spend", "treated", "hour", "region", cluster}))
    effects = frame[["hour", "region"]].astype("category")
    model = AbsorbingLS(frame["spend"], frame[["treated"]].astype(float), absorb=effects)
    fit = model.fit(cov_type="clustered", clusters=frame[cluster], debiased=True)
    say({"spend.treatment.effect": fit.params["treated"], "spend.treatment.std_error_cr1": fit.std_errors["treated"]})


if __name__ == "__main__":
    main(*sys.argv[1:])
