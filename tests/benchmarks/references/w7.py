"""W7 by quadrature: the noncentral t as a normal over its root chi-square; sizes by bisection on that power."""

from __future__ import annotations

import sys

from benchmarks.grid import POWER, SHOWN, chosen, grid
from benchmarks.line import say


def main(what: str) -> None:
    import numpy as np
    from scipy import optimize, special, stats

    nodes, weights = np.polynomial.legendre.leggauss(400)

    def power(effect: float, n: float, allocation: float) -> float:
        df, shift = n * (1 + allocation) - 2, effect * np.sqrt(n * allocation / (1 + allocation))
        critical, widest = stats.t.isf(0.025, df), 40.0
        scale = np.sqrt(df)  # chi(df)/√df lies within 40/√df of 1, and above 0
        low, high = max(0.0, 1 - widest / scale / 2), 1 + widest / scale / 2
        s = low + (high - low) * (nodes + 1) / 2
        density = stats.chi.pdf(s * scale, df) * scale * (high - low) / 2
        return float((special.ndtr(shift - critical * s) + special.ndtr(-shift - critical * s)) @ (weights * density))

    effects, sizes, allocations = (values[:SHOWN] for values in grid())
    if what == "power":
        found = [power(e, n, k) for e, n, k in zip(effects, sizes, allocations, strict=True)]
    else:
        found = [
            optimize.brentq(lambda n, e=e, k=k: power(e, n, k) - POWER, 2 * max(1, 1 / k), 1e6, xtol=1e-10, rtol=1e-14)
            for e, k in zip(effects, allocations, strict=True)
        ]
    say(chosen(what, found))


if __name__ == "__main__":
    main(*sys.argv[1:])
