"""A rival's answers beside ours, on the same data."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
from calibration.path import ALPHA, monte_carlo_error
from calibration.rivals.cluster_experiments_ols import WORLDS, outcomes

from decision_widgets.estimates import clustered_difference
from decision_widgets.moments import arm_moments

TESTS = Path(__file__).resolve().parents[2]
TITLE = "## Beside a rival: few clusters, no effect"
HEAD = ("| data | replications | program | rejected at .05 (± MC error) |", "|---|---|---|---|")


def rival_text(python: str | None, replications: int) -> str:
    """Write the rival's rates beside ours, or that it was not run."""
    if python is None:
        return f"{TITLE}\n\nNot run: no environment of rivals was given (`--rivals`)."
    command = [python, "-m", "calibration.rivals.cluster_experiments_ols", str(replications)]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The rival failed: {done.stderr.strip().splitlines()[-1]}")
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    rows = [*HEAD]
    for name in WORLDS:
        rates = {
            "ours, CR2 with Bell–McCaffrey df": our_rate(name, replications),
            f"{answer['program']}, ClusteredOLSAnalysis": answer["rates"][name],
        }
        for program, rate in rates.items():
            error = monte_carlo_error(rate, replications)
            rows.append(f"| {name} | {replications:,} | {program} | {rate:.4f} ± {error:.4f} |")
    return "\n".join([TITLE, "", *rows])


def our_rate(name: str, replications: int) -> float:
    """Return how often the recommended regression rejects on the same data, clusters being what was randomised."""
    world = WORLDS[name]
    size = float(world.rows)
    rejected = []
    for y in outcomes(name, replications):
        totals = y.sum(axis=1)
        control, treatment = (
            arm_moments(np.full(len(s), size), s, shift=0.0) for s in (totals[: world.control], totals[world.control :])
        )
        rejected.append(clustered_difference(control, treatment).p_value <= ALPHA)
    return float(np.mean(rejected))
