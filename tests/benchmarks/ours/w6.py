"""W6: 1,000 half-hour switchbacks drawn on the file's cells, each with CR2 and its df; the word is cells or rows.

From rows the scan of the file counts too. The number shown is the estimate of the schedule that the file was made with.
"""

from __future__ import annotations

import sys

import numpy as np
from benchmarks.line import say, second

from decision_widgets.data.cells import CellSpec, read_cells
from decision_widgets.estimates.simulated_many import many_clusters
from decision_widgets.estimates.simulated_window import SwitchbackWindow
from decision_widgets.estimates.switchback_power import SwitchbackPower, simulate_switchback

DRAWS = 1_000


def window(path: str) -> tuple[SwitchbackWindow, np.ndarray]:
    """Read the file to cells of region and slot, each with a coin of its own; also the coins it was made with."""
    cells = read_cells(path, CellSpec(keys=("region", "slot", "hour", "treated"), outcomes=("spend",)))
    spend = cells.outcomes["spend"]
    codes = {name: np.unique(cells.keys[name], return_inverse=True)[1] for name in ("region", "slot", "hour")}
    coin = np.unique(codes["region"] * (codes["slot"].max() + 1) + codes["slot"], return_inverse=True)[1]
    made = SwitchbackWindow(
        weight=spend.weight,
        outcome=spend.mean,
        coin=coin,
        side=np.ones(len(coin)),
        cluster=coin,
        effects=(codes["hour"], codes["region"]),
    )
    tosses = np.empty(made.n_coins)
    tosses[coin] = cells.keys["treated"].astype(float) - 0.5
    return made, tosses


def main(path: str, what: str) -> None:
    def from_rows() -> SwitchbackPower:
        return simulate_switchback([window(path)[0]], draws=DRAWS)

    made, tosses = window(path)
    found, seconds = second(from_rows if what == "rows" else lambda: simulate_switchback([made], draws=DRAWS))
    simulator = many_clusters(made, np.random.default_rng(0))
    assert simulator is not None
    own = simulator.simulate(tosses[:, None])
    note = f"error {found.std_dev:.4g}, {found.aa_rate:.1%} rejected without an effect, {found.n_clusters:,} clusters"
    say({"spend.treatment.effect": float(own.effect[0])}, seconds=seconds, note=note)


if __name__ == "__main__":
    main(*sys.argv[1:])
