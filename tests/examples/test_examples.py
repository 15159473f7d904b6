"""The examples: seeded, and what they say is true of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.examples import TRUE_EFFECTS, ride_hailing, social_insurance

CANCELLED = dw.Metric("cancelled", numerator="cancelled", denominator="booked")


def test_the_same_seed_gives_the_same_table() -> None:
    pd.testing.assert_frame_equal(ride_hailing(300, seed=3), ride_hailing(300, seed=3))


def test_another_seed_gives_another_table() -> None:
    assert not ride_hailing(300, seed=3).equals(ride_hailing(300, seed=4))


def test_the_seed_does_not_touch_numpys_own() -> None:
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    ride_hailing(50)
    assert (np.random.get_state()[1] == before).all()


@pytest.mark.parametrize(("riders", "arms", "days"), [(1, 2, 1), (301, 2, 14), (300, 4, 7)])
def test_size_arms_and_days_are_as_asked(riders: int, arms: int, days: int) -> None:
    frame = ride_hailing(riders, arms=arms, days=days)
    assert frame.rider_id.nunique() == riders
    assert frame.variant.nunique() == min(arms, riders)
    assert frame.groupby("rider_id").variant.nunique().max() == 1
    assert frame.time.dt.date.nunique() <= days
    assert not frame.isna().any(axis=None)
    assert (frame.loc[frame.booked == 0, ["fare", "cancelled"]] == 0).all(axis=None)


@pytest.mark.parametrize("words", [{"riders": 0}, {"riders": 2.5}, {"arms": 1}, {"days": -1}])
def test_sizes_that_make_no_sense_are_refused(words: dict[str, int]) -> None:
    with pytest.raises(dw.InputError):
        ride_hailing(**words)


def test_true_effects_are_recovered() -> None:
    design = dw.BetweenSubject(
        participant="rider_id", arm="variant", control="control", metrics=["booked", "fare", CANCELLED, "wait_minutes"]
    )
    rows = [dw.analyze(ride_hailing(4000, seed=seed), design).to_frame().query("recommended") for seed in range(12)]
    table = pd.concat(rows)
    for metric, truth in TRUE_EFFECTS.items():
        found = table[table.metric == metric]
        mean_error = (found.relative_effect - truth).mean()
        width = (found.relative_effect_upper - found.relative_effect_lower) / (2 * 1.96)
        assert abs(mean_error) < 3 * width.mean() / np.sqrt(len(found)), metric


def test_the_insurance_trial_loads_whole() -> None:
    frame = social_insurance()
    assert frame.shape[0] == 1410
    assert set(frame.default) == {"opt_in", "opt_out"}
    assert set(frame.takeup.dropna()) == {0, 1}
