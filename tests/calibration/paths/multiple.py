"""Families of comparisons: false claims under dependence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np
from calibration.path import ALPHA, Answers, Path, at_most
from calibration.worlds.families import FAMILY, Families, Family

from decision_widgets.estimates import Procedure, adjust_p_values

CORRELATIONS = (-0.95, -0.5, 0.0, 0.5, 0.9)
RATES: dict[Procedure, float] = {"holm": ALPHA, "hommel": ALPHA, "bh": 0.10, "by": 0.10}
DISCOVERY = ("bh", "by")


def false_claims(data: Families, *, procedure: Procedure, level: float) -> Answers:
    """Count families with a false claim; of a false discovery rate, the false share of each family's claims."""
    adjusted = np.array([adjust_p_values(p, procedure, alpha=level) for p in data.p_values.tolist()])
    claims = adjusted <= level
    false = (claims & data.null).sum(axis=1)
    if procedure in DISCOVERY:
        return Answers(claims=false / np.maximum(1, claims.sum(axis=1)))
    return Answers(claims=(false > 0).astype(float))


def _analysis(procedure: Procedure, level: float) -> Callable[[Families], Answers]:
    return partial(false_claims, procedure=procedure, level=level)


def _paths() -> list[Path]:
    found = []
    kinds: tuple[tuple[bool, Literal["no effects", "half with effects"]], ...] = (
        (False, "no effects"),
        (True, "half with effects"),
    )
    for procedure, level in RATES.items():
        for correlation in CORRELATIONS:
            for half, kind in kinds:
                what = "false discovery rate" if procedure in DISCOVERY else "any false claim"
                how = "one-sided pairs of correlation" if correlation < 0 else "correlation"
                found.append(
                    Path(
                        section=f"Families of {FAMILY} comparisons",
                        name=f"{procedure}, {what}: {how} {correlation:g}, {kind}",
                        seed=5000 + len(found),
                        draw=Family(correlation=correlation, half=half).draw,
                        analyse=_analysis(procedure, level),
                        band=at_most(level),
                    )
                )
    return found


PATHS = tuple(_paths())
