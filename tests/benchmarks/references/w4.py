"""W4: statsmodels fits the treatment with hours and regions partialled out; CR2, its df and CV3 by dense algebra."""

from __future__ import annotations

import sys

from benchmarks.line import say
from benchmarks.references.cells import cells


def main(path: str, cluster: str) -> None:
    import numpy as np
    import statsmodels.api as sm

    own = cells(path, cluster)
    groups = {"groups": own.group, "use_correction": False}
    fit = sm.OLS(own.left[:, 0], own.left[:, 1]).fit(cov_type="cluster", cov_kwds=groups)
    x, e, bread = own.x, np.asarray(fit.resid), np.linalg.inv(own.x.T @ own.x)
    names = np.unique(own.group)
    adjusted, shifts, alone, through = 0.0, 0.0, [], []
    for name in names:
        x_g, e_g = x[own.group == name], e[own.group == name]
        values, vectors = np.linalg.eigh(np.eye(len(e_g)) - x_g @ bread @ x_g.T)
        free = np.where(values > 1e-10, values, np.inf)  # effects nested in the cluster: generalised inverse
        weight, residual = vectors.T @ (x_g @ bread[0]), vectors.T @ e_g
        adjusted += float((weight / np.sqrt(free)) @ residual) ** 2
        shifts += float((weight / free) @ residual) ** 2
        alone.append(float((weight**2 / free).sum()))
        through.append(x_g.T @ (vectors @ (weight / np.sqrt(free))))
    u = np.array(through)
    among = np.diag(alone) - u @ bread @ u.T
    g, plain = len(names), float(fit.bse[0])
    numbers = {
        "effect": fit.params[0],
        "std_error_cr0": plain,
        "std_error_cr1": plain * np.sqrt(g / (g - 1) * (own.n - 1) / (own.n - own.k)),
        "std_error_cr2": np.sqrt(adjusted),
        "df_cr2": np.trace(among) ** 2 / (among**2).sum(),
        "std_error_cv3": np.sqrt(shifts * (g - 1) / g),
    }
    say({f"spend.treatment.{name}": value for name, value in numbers.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
