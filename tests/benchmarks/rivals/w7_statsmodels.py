"""W7 by statsmodels: the words are power or size, then whether its arrays or a loop over points do the work."""

from __future__ import annotations

import sys
import warnings

from benchmarks.grid import POINTS, POWER, SHOWN, chosen, grid
from benchmarks.line import say, second


def main(what: str, how: str) -> None:
    from statsmodels.stats.power import TTestIndPower

    warnings.simplefilter("ignore")  # it warns where its noncentral t is NaN, and such points are left out
    test, points = TTestIndPower(), grid()
    shown = list(zip(*(values[:SHOWN] for values in points), strict=True))

    def compute() -> list[float]:
        if how == "arrays":
            return list(test.power(points[0], points[1], 0.05, ratio=points[2]))
        if what == "power":
            return [test.power(effect, n, 0.05, ratio=allocation) for effect, n, allocation in shown]
        return [test.solve_power(effect, None, 0.05, POWER, ratio=allocation) for effect, _, allocation in shown]

    values, seconds = second(compute)
    say(chosen(what, values), seconds=seconds * POINTS / len(values))


if __name__ == "__main__":
    main(*sys.argv[1:])
