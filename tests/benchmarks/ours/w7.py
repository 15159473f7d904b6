"""W7: the powers, or the sizes, of all points of the grid; the word says which."""

from __future__ import annotations

import sys

from benchmarks.grid import POWER, chosen, grid
from benchmarks.line import say, second

from decision_widgets.estimates import control_sizes, difference_power


def main(what: str) -> None:
    effect, n_control, allocation = grid()

    def compute() -> list[float]:
        if what == "power":
            return difference_power(effect, 1, 1, n_control, allocation * n_control).tolist()
        return control_sizes(effect, 1, 1, allocation=allocation, power=POWER).tolist()

    values, seconds = second(compute)
    say(chosen(what, values), seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
