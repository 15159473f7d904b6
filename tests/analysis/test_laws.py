"""What must not matter does not, and what must, does exactly what it should."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw
from decision_widgets.results import EffectEstimate

RATE = dw.Metric("rate", numerator="clicks", denominator="views")
PER_USER = dw.Metric("trips_per_user", numerator="trips", denominator="user")
ALL = ("spend", "trips", "paid", RATE, PER_USER)
NAMES = ("spend", "trips", "paid", "rate", "trips_per_user")
NUMBERS = (
    "control_mean", "treatment_mean", "effect", "effect_lower", "effect_upper", "relative_effect",
    "relative_effect_lower", "relative_effect_upper", "std_error", "df", "statistic", "p_value", "n_control",
    "n_treatment", "n_observations", "n_clusters", "detectable_effect",
)  # fmt: skip


def estimates(result: dw.DecisionResult, metric: str) -> dict[str, EffectEstimate]:
    rows = [row for row in result.estimates if row.metric == metric]
    assert all(isinstance(row, EffectEstimate) for row in rows)
    return {row.method: row for row in rows if isinstance(row, EffectEstimate)}


def assert_same(
    one: EffectEstimate, other: EffectEstimate, *, rel: float = 1e-11, keys: tuple[str, ...] = NUMBERS
) -> None:
    for key in keys:
        if getattr(one, key) is None and getattr(other, key) is None:
            continue  # the delta method has no degrees of freedom
        assert getattr(one, key) == pytest.approx(getattr(other, key), rel=rel, abs=1e-13), (one.method, key)


def assert_same_results(one: dw.DecisionResult, other: dw.DecisionResult, *, rel: float = 1e-11) -> None:
    for name in NAMES:
        left, right = estimates(one, name), estimates(other, name)
        assert left.keys() == right.keys()
        for method in left:
            assert_same(left[method], right[method], rel=rel)


def with_extra_nulls(frame: pd.DataFrame, *, first: bool) -> pd.DataFrame:
    """Give every third participant one more row, without any outcome."""
    extra = frame[frame.user % 3 == 0].groupby("user", as_index=False).head(1)
    extra = extra.assign(spend=np.nan, trips=np.nan, paid=np.nan, clicks=np.nan)
    return pd.concat([extra, frame] if first else [frame, extra], ignore_index=True)


@pytest.mark.parametrize("first", [True, False], ids=["nulls first", "nulls last"])
def test_rows_without_an_outcome_change_only_the_count_of_missing(first: bool) -> None:
    frame = experiment(90)
    longer = with_extra_nulls(frame, first=first)
    words = design(*ALL, missing="drop")
    plain, nulls = dw.analyze(frame, words), dw.analyze(longer, words)
    assert_same_results(plain, nulls)
    added = len(longer) - len(frame)
    for name in NAMES:
        assert sum(s.n_missing for s in nulls.statistics if s.metric == name) == added
        assert sum(s.n_missing for s in plain.statistics if s.metric == name) == 0
    assert nulls.provenance.n_rows == plain.provenance.n_rows + added


def test_participants_without_any_outcome_change_only_the_split() -> None:
    frame = experiment(90)
    silent = pd.DataFrame({"user": [1, 2], "variant": [CONTROL, TREATMENT]})
    words = design(*ALL, missing="drop")
    plain, longer = dw.analyze(frame, words), dw.analyze(pd.concat([frame, silent], ignore_index=True), words)
    assert_same_results(plain, longer)
    assert sum(longer.sample_ratio.observed) == sum(plain.sample_ratio.observed) + 2


def test_missing_as_zero_is_the_table_with_zeros() -> None:
    frame = with_extra_nulls(experiment(90), first=True)
    zeros = frame.fillna({"spend": 0.0, "trips": 0.0, "paid": 0.0, "clicks": 0.0})
    assert_same_results(dw.analyze(frame, design(*ALL, missing="zero")), dw.analyze(zeros, design(*ALL)))


def test_metrics_together_equal_each_alone() -> None:
    frame = with_extra_nulls(experiment(90), first=True)
    frame.loc[::5, "spend"] = np.nan
    together = dw.analyze(frame, design(*ALL, missing="drop"))
    for metric, name in zip(ALL, NAMES, strict=True):
        alone = estimates(dw.analyze(frame, design(metric, missing="drop")), name)
        for method, row in estimates(together, name).items():
            # What could have been seen depends on how many primary metrics share the level.
            assert_same(row, alone[method], rel=1e-12, keys=tuple(key for key in NUMBERS if key != "detectable_effect"))


def test_swapping_control_and_treatment_flips_every_sign_exactly() -> None:
    frame = experiment(90)
    there, back = (dw.analyze(frame, design(*ALL, control=arm)) for arm in (CONTROL, TREATMENT))
    for name in NAMES:
        for method, row in estimates(there, name).items():
            other = estimates(back, name)[method]
            assert (row.effect, row.statistic) == (-other.effect, -other.statistic)
            assert (row.effect_lower, row.effect_upper) == (-other.effect_upper, -other.effect_lower)
            assert (row.std_error, row.p_value) == (other.std_error, other.p_value)
            assert (row.control_mean, row.n_control) == (other.treatment_mean, other.n_treatment)
            assert (row.df is None) == (other.df is None)
            assert (row.df or 0) == pytest.approx(other.df or 0, rel=1e-14)


def test_the_order_of_rows_does_not_matter() -> None:
    frame = experiment(90)
    mixed = frame.sample(frac=1, random_state=3)
    assert_same_results(dw.analyze(frame, design(*ALL)), dw.analyze(mixed, design(*ALL)), rel=1e-9)


def test_the_index_does_not_matter() -> None:
    frame = experiment(90)
    assert_same_results(
        dw.analyze(frame, design(*ALL)), dw.analyze(frame.set_index(np.zeros(len(frame), int)), design(*ALL)), rel=0
    )


@pytest.mark.parametrize(
    "convert",
    [
        lambda u: u.astype(float),
        lambda u: u.astype(str),
        lambda u: u.astype("category"),
        lambda u: u.astype("Int64"),
        lambda u: 2**60 + u,
        lambda u: u.map(lambda v: (v, "x")),
    ],
    ids=["float", "text", "category", "Int64", "huge", "tuples"],
)
def test_the_type_of_participant_labels_does_not_matter(convert: Callable[[pd.Series], pd.Series]) -> None:
    frame = experiment(90)
    converted = frame.assign(user=convert(frame.user))
    assert_same_results(dw.analyze(frame, design(*ALL)), dw.analyze(converted, design(*ALL)), rel=1e-10)


@pytest.mark.parametrize(
    ("labels", "control"),
    [
        ([0, 1], 0),
        ([0.0, 1.0], 0),
        (["0", "1"], 0),
        ([0, 1], "0"),
        ([0, 1], 0.0),
        ([False, True], False),
        (["off", "on"], "off"),
    ],
)
def test_the_type_of_arm_labels_does_not_matter(labels: list[object], control: object) -> None:
    frame = experiment(90)
    named = frame.assign(variant=pd.Series(np.where(frame.variant == CONTROL, 0, 1)).map(dict(enumerate(labels))))
    result = dw.analyze(named, design(*ALL, control=control))
    assert_same_results(dw.analyze(frame, design(*ALL)), result, rel=0)


def test_labels_of_mixed_types_that_read_alike_are_one_arm() -> None:
    frame = experiment(90)
    code = np.where(frame.variant == CONTROL, 0, 1)
    mixed = pd.Series([str(c) if i % 2 else c for i, c in enumerate(code)], dtype=object)
    result = dw.analyze(frame.assign(variant=mixed), design(*ALL, control=0))
    assert result.treatments() == ("1",)
    assert_same_results(dw.analyze(frame, design(*ALL)), result, rel=1e-10)


@pytest.mark.parametrize("scale", [1000.0, 1e-6])
def test_scaling_a_metric_scales_its_effect_and_nothing_relative(scale: float) -> None:
    frame = experiment(90)
    plain = estimates(dw.analyze(frame, design("spend")), "spend")
    scaled = estimates(dw.analyze(frame.assign(spend=scale * frame.spend), design("spend")), "spend")
    for method, row in plain.items():
        for key in ("effect", "effect_lower", "effect_upper", "std_error", "control_mean", "detectable_effect"):
            assert getattr(scaled[method], key) == pytest.approx(scale * getattr(row, key), rel=1e-10), key
        same = ("relative_effect", "relative_effect_lower", "relative_effect_upper", "df", "statistic", "p_value")
        assert_same(row, scaled[method], rel=1e-9, keys=same)


@pytest.mark.parametrize("offset", [-15.0, 1e4, 1e9])
def test_shifting_a_metric_shifts_its_levels_and_no_absolute_effect(offset: float) -> None:
    frame = experiment(90)
    exact = frame.assign(spend=np.round(frame.spend * 2**10) / 2**10)  # so that adding 1e9 loses nothing
    plain = estimates(dw.analyze(exact, design("spend")), "spend")
    shifted = estimates(dw.analyze(exact.assign(spend=exact.spend + offset), design("spend")), "spend")
    for method, row in plain.items():
        keys = ("effect", "effect_lower", "effect_upper", "std_error", "df", "statistic", "p_value")
        assert_same(row, shifted[method], rel=1e-9, keys=keys)
        assert shifted[method].control_mean == pytest.approx(row.control_mean + offset, rel=1e-12)


def test_flipping_a_metric_and_its_direction_keeps_the_reading() -> None:
    frame = experiment(300, effect=2.0)
    up = dw.analyze(frame, design("spend"))
    down = dw.analyze(frame.assign(spend=-frame.spend), design(dw.Metric("spend", direction="decrease")))
    assert up.effect("spend").reading == down.effect("spend").reading == "better"
    assert up.decision.verdict == down.decision.verdict == "ship"


def test_a_third_arm_changes_no_estimate_of_the_second() -> None:
    frame = experiment(150, arms=3)
    pair = frame[frame.variant != "treatment_2"]
    three, two = dw.analyze(frame, design("spend")), dw.analyze(pair, design("spend"))
    keys = ("effect", "std_error", "df", "effect_lower", "p_value")
    one, other = three.effect("spend", TREATMENT), two.effect("spend", TREATMENT)
    assert isinstance(one, EffectEstimate)
    assert isinstance(other, EffectEstimate)
    assert_same(one, other, keys=keys)


def test_per_user_is_the_mean_of_user_totals() -> None:
    frame = experiment(90)
    totals = frame.groupby(["user", "variant"], as_index=False).trips.sum()
    row = dw.analyze(frame, design(PER_USER)).effect("trips_per_user")
    assert isinstance(row, EffectEstimate)
    means = totals.groupby("variant").trips.mean()
    assert row.effect == pytest.approx(means[TREATMENT] - means[CONTROL], rel=1e-12)
    errors = totals.groupby("variant").trips.var() / totals.groupby("variant").trips.count()
    assert row.std_error == pytest.approx(errors.sum() ** 0.5, rel=1e-12)


def test_the_table_is_not_changed() -> None:
    frame = with_extra_nulls(experiment(40), first=True)
    before = frame.copy(deep=True)
    dw.analyze(frame, design(*ALL, missing="zero"))
    pd.testing.assert_frame_equal(frame, before)
