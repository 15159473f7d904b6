"""A few randomised units: the panel regression with its refusal, and randomisation inference by enumeration."""

from __future__ import annotations

import numpy as np
from calibration.path import ALPHA, Answers, Path, around, at_most, claimed, observed
from calibration.stand_ins import few_clusters, randomization_p
from calibration.worlds.clusters import HOURS, Clusters, Panels

from decision_widgets.estimates import PanelCells, panel_regression

SECTION = "Within subjects: few randomised units, hour effects"
UNITS = (6, 8, 12, 20)
DESIGNS = {
    "equal": Clusters(units=0),
    "unequal": Clusters(units=0, sizes="unequal"),
    "25% treated": Clusters(units=0, treated_share=0.25),
    "25% treated, unequal": Clusters(units=0, treated_share=0.25, sizes="unequal"),
    "unequal, autocorrelated, skewed": Clusters(units=0, sizes="unequal", rough=True),
}


def panel(data: Panels) -> Answers:
    """Regress, cluster by unit, and say where the result is refused or shown under a warning."""
    units = data.treated.shape[1]
    unit, hour = (axis.ravel() for axis in np.meshgrid(np.arange(units), np.arange(HOURS), indexing="ij"))
    fits, said = [], []
    for rows, mean, within, treated in zip(data.rows, data.mean, data.within, data.treated, strict=True):
        cells = PanelCells(
            weight=rows.ravel(),
            mean=mean.ravel(),
            within=within.ravel(),
            treatment=treated[unit],
            fixed_effects={"hour": hour},
            cluster=unit,
        )
        fits.append(panel_regression(cells))
        n_treated = int(treated.sum())
        said.append(few_clusters(units - n_treated, n_treated, fits[-1].df) or "")
    told = np.array(said)
    df = np.array([fit.df for fit in fits])
    return Answers.of_estimates(fits, refused=told == "refuse", warned=told == "warn", facts={"df": df})


def enumerated(data: Panels) -> Answers:
    """Test unit means under every assignment that could have been drawn."""
    means = data.mean.mean(axis=2)
    arms = [(y[d == 0], y[d == 1]) for y, d in zip(means, data.treated, strict=True)]
    return Answers(claims=claimed([randomization_p(control, treatment) for control, treatment in arms]))


def _designs() -> list[Path]:
    found = []
    for name, design in DESIGNS.items():
        for units in UNITS:
            world = Clusters(units=units, treated_share=design.treated_share, sizes=design.sizes, rough=design.rough)
            found.append(
                Path(
                    section=SECTION,
                    name=f"{units} units, {name}",
                    seed=4000 + len(found),
                    draw=world.draw,
                    analyse=panel,
                    band=observed(0.0, 0.065),
                    warned_band=observed(0.0, 0.075),
                    refuses=min(world.n_treated, units - world.n_treated) < 3,
                )
            )
    return found


PATHS = (
    *_designs(),
    Path(
        section="Within subjects: randomisation inference by enumeration",
        name="8 units, 4 treated: p ≤ .05 in 2 of 70 assignments, exactly .0286",
        seed=4100,
        draw=Clusters(units=8).draw,
        analyse=enumerated,
        band=around(2 / 70),
    ),
    Path(
        section="Within subjects: randomisation inference by enumeration",
        name="12 units, 3 treated, unequal, autocorrelated, skewed: 220 assignments",
        seed=4101,
        draw=Clusters(units=12, treated_share=0.25, sizes="unequal", rough=True).draw,
        analyse=enumerated,
        band=at_most(ALPHA),
    ),
)
