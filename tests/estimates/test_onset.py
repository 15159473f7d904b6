"""How effects set in: what is lost without a burn-in, by formula and by simulation; and what seasons explain."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates.onset import attenuation, exposure_shares, onset_curve
from decision_widgets.estimates.seasonality import explained_share

# Of the method book: half of the effect in the first hour, 30 and 20 % in the next two.
THREE_HOURS = np.repeat([0.5, 0.8, 1.0], 60)


def test_the_loss_is_that_of_the_method_book() -> None:
    assert attenuation(THREE_HOURS, 120) == pytest.approx(0.35)
    assert attenuation(THREE_HOURS, 240) == pytest.approx(0.175)
    assert attenuation(THREE_HOURS, 240, "pairs") == pytest.approx(0.2625)
    assert attenuation(THREE_HOURS, 240, "alternating") == pytest.approx(0.35)
    assert attenuation(onset_curve(0, 60), 60) == 0


@pytest.mark.parametrize("assignment", ["slots", "pairs", "alternating"])
def test_the_loss_is_that_of_a_simulated_difference_of_means(assignment: str) -> None:
    rng, n, slot = np.random.default_rng(0), 40_000, 180
    coin = rng.integers(0, 2, n)
    arms = {
        "slots": coin,
        "pairs": np.column_stack([coin[: n // 2], 1 - coin[: n // 2]]).ravel(),
        "alternating": np.arange(n) % 2,
    }[assignment]
    shares = exposure_shares(THREE_HOURS, slot, 0, slot)
    arrived = sum(share * np.roll(arms, lag) for lag, share in enumerate(shares))[len(shares) :]
    own = arms[len(shares) :]
    seen = arrived[own == 1].mean() - arrived[own == 0].mean()
    # 40,000 slots leave an error of about 0.005 in the mean of a lagged coin.
    assert 1 - seen == pytest.approx(attenuation(THREE_HOURS, slot, assignment), abs=0.01)


def test_shares_of_exposure_add_up_and_end_as_they_begin() -> None:
    shares = exposure_shares(onset_curve(90, 90), 60, 0, 60)
    assert shares == pytest.approx([1 / 3, 7 / 12, 1 / 12])
    assert exposure_shares(onset_curve(30, 30), 120, 30, 60).tolist() == [1.0]
    assert exposure_shares(onset_curve(300, 300), 60, 0, 30).sum() == pytest.approx(1)


def test_seasons_explain_what_a_regression_with_dummies_says() -> None:
    rng = np.random.default_rng(0)
    region, hour = (each.ravel() for each in np.indices((3, 96)))
    weight, y = rng.uniform(1, 3, 288), rng.normal(size=288) + np.sin(hour / 4) + region
    dummies = [(codes[:, None] == np.unique(codes)).astype(float) for codes in (region, hour % 24)]
    groups, both = dummies[0], np.column_stack([dummies[0], dummies[1][:, 1:]])
    rss = [sm.WLS(y, x, weights=weight).fit().ssr for x in (groups, both)]
    assert explained_share(y, hour % 24, weight=weight, within=region) == pytest.approx(1 - rss[1] / rss[0], rel=1e-9)


def test_values_that_do_not_vary_are_refused() -> None:
    with pytest.raises(InputError, match="do not vary"):
        explained_share([2.0, 2.0, 3.0, 3.0], [0, 1, 0, 1], weight=np.ones(4), within=[0, 0, 1, 1])
    with pytest.raises(InputError, match="weights above 0"):
        explained_share([1.0, 2.0], [0, 1], weight=[1.0, 0.0], within=[0, 0])
