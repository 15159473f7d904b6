"""A few promises with few replications, so that every test run sees a broken estimator; the command has them all.

The bands are those of the catalogue, as wide as so few replications need; seeds are fixed.
"""

from __future__ import annotations

import pytest
from calibration.catalogue import find
from calibration.judging import lines_of
from calibration.running import run_path

KEPT = {
    1100: 500,  # Welch, normal
    1013: 500,  # recommended regression, binary, CV 1, ICC 0.2
    1031: 500,  # revenue, CV 1, ICC 0.2
    1300: 500,  # relative effect
    1311: 500,  # average marginal effect
    1203: 500,  # 20 against 20
    2000: 500,  # CUPED
    2004: 300,  # MLRATE
    2005: 500,  # post-stratification
    3000: 150,  # iid slots, regions together
    3007: 150,  # pairs, regions separate, washout
    4001: 300,  # 8 units
    4008: 100,  # 6 units, 2 treated: refused
    4100: 500,  # randomisation inference
    5000: 500,  # Holm
    5010: 500,  # Hommel
    5020: 500,  # Benjamini–Hochberg
    5030: 500,  # Benjamini–Yekutieli
    6003: 100,  # Lan–DeMets with the stopping report
    6100: 500,  # sequential sample ratio
    7003: 500,  # advisor, CV 2
    7223: 500,  # a textbook's size, CV 2
}
CONTROLS = {1400: 500, 3100: 300, 3101: 300, 6002: 200}


@pytest.mark.parametrize(("seed", "replications"), KEPT.items(), ids=lambda value: str(value))
def test_a_path_keeps_its_band(seed: int, replications: int) -> None:
    for line in lines_of(run_path(find(seed), replications)):
        assert line.passed, line


@pytest.mark.parametrize(("seed", "replications"), CONTROLS.items(), ids=lambda value: str(value))
def test_a_wrong_method_is_seen(seed: int, replications: int) -> None:
    path = find(seed)
    (line,) = lines_of(run_path(path, replications))
    assert path.must_fail
    assert line.passed, line
