"""W4's wild bootstrap by refitting the cells under every set of signs of the clusters, the null imposed."""

from __future__ import annotations

import sys

from benchmarks.line import NULL_EFFECT, say
from benchmarks.references.cells import cells

BATCH = 2**16
TIE = 1e-9  # relative; a set of signs that repeats the observed statistic but for rounding is as extreme


def main(path: str, cluster: str) -> None:
    import numpy as np

    own = cells(path, cluster)
    (y, d), names = own.left.T, np.unique(own.group)
    member = (own.group[:, None] == names).astype(float)
    g, fixed = len(names), own.x[:, 1:]
    factor, length = g / (g - 1) * (own.n - 1) / (own.n - own.k), float(d @ d)
    effect = float(d @ y) / length
    error = float(np.sqrt((((member.T * d) @ (y - effect * d)) ** 2).sum() * factor)) / length
    drawn = (y - NULL_EFFECT * d)[:, None] * member
    refitted = drawn - fixed @ np.linalg.solve(fixed.T @ fixed, fixed.T @ drawn)
    by_sign, scores, slopes = d @ refitted / length, (member.T * d) @ refitted, (member.T * d) @ d
    observed, extreme = abs(effect - NULL_EFFECT) / error, 0
    for first in range(0, 2**g, BATCH):
        signs = np.where((np.arange(first, first + BATCH) >> np.arange(g)[:, None]) & 1, 1.0, -1.0)
        effects = by_sign @ signs
        errors = np.sqrt(((scores @ signs - np.outer(slopes, effects)) ** 2).sum(axis=0) * factor) / length
        extreme += int((np.abs(effects) >= observed * errors * (1 - TIE)).sum())
    found = {"effect": effect, "statistic": effect / error, "p_value_of_every_sign": extreme / 2**g}
    say({f"spend.treatment.{name}": value for name, value in found.items()})


if __name__ == "__main__":
    main(*sys.argv[1:])
