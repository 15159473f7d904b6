"""Whatever comes in: one clear error, or one refusal beside metrics that are computed; never a wrong number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import CONTROL, TREATMENT, design, experiment

import decision_widgets as dw

Change = Callable[[pd.DataFrame], Any]
RATE = dw.Metric("rate", numerator="clicks", denominator="views")


def numbers_in(plain: Any) -> Iterator[float]:
    if isinstance(plain, dict):
        for value in plain.values():
            yield from numbers_in(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from numbers_in(value)
    elif isinstance(plain, float):
        yield plain


def check_whole(result: dw.DecisionResult) -> None:
    """Every view can be made, every number is finite, and the result survives JSON."""
    assert all(map(math.isfinite, numbers_in(result.to_dict())))
    assert all(map(math.isfinite, numbers_in(result.to_payload())))
    assert dw.DecisionResult.from_dict(json.loads(result.to_json())) == result
    assert "nan" not in result.to_text().lower().split()
    assert len(result.to_frame()) == len(result.estimates)
    assert result.to_html()


def set_to(column: str, value: Any, where: Callable[[pd.DataFrame], Any] | None = None) -> Change:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        if where is None:
            return frame.assign(**{column: value})
        cell = frame[column].astype(object)
        cell[where(frame)] = value
        return frame.assign(**{column: cell})

    return change


def first_rows(n: int) -> Callable[[pd.DataFrame], Any]:
    return lambda frame: np.arange(len(frame)) < n


def both_arms(frame: pd.DataFrame) -> pd.DataFrame:
    swapped = frame.assign(variant=np.where(frame.variant == CONTROL, TREATMENT, CONTROL))
    return pd.concat([frame, swapped], ignore_index=True)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda f: f.rename(columns={"spend": "spent"}), dw.ColumnNotFound, "no column 'spend'.*Did you mean 'spent'"),
        (lambda f: f[["spend"]], dw.ColumnNotFound, "lacks columns: 'user' for the participant; 'variant' for the arm"),
        (lambda f: f.set_index("user"), dw.ColumnNotFound, "no column 'user' for the participant"),
        (lambda f: f.head(0), dw.InputError, "no rows"),
        (lambda f: f[f.variant == CONTROL], dw.InputError, "one arm only, 'control'"),
        (lambda f: f[f.variant == TREATMENT], dw.InputError, "no rows of the control 'control'"),
        (set_to("variant", "Control"), dw.InputError, "Did you mean 'Control'"),
        (set_to("variant", None), dw.InputError, "It holds: nothing"),
        (set_to("user", None), dw.InputError, "'user' is missing in every row"),
        (set_to("user", np.nan), dw.InputError, "'user' is missing in every row"),
        (lambda f: f.assign(user=[[1]] * len(f)), dw.InputError, "values that are no labels"),
        (lambda f: pd.concat([f, f[["spend"]]], axis=1), dw.InputError, "several columns called 'spend'"),
        (both_arms, dw.InputError, "Every participant was seen in more than one arm"),
        (lambda f: f.to_dict("list"), dw.InputError, "must be a pandas or Polars frame.*got dict"),
        (lambda f: f.spend, dw.InputError, "must be a pandas or Polars frame.*got Series"),
        (lambda f: f.to_numpy(), dw.InputError, "must be a pandas or Polars frame.*got ndarray"),
        (lambda f: None, dw.InputError, "must be a pandas or Polars frame.*got NoneType"),
        (set_to("user", None, first_rows(3)), dw.MissingValues, "3 rows have no user"),
        (set_to("variant", None, first_rows(3)), dw.MissingValues, "3 rows have no variant"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_error(change: Change, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        dw.analyze(change(experiment(60)), design("spend"))


def test_a_column_whose_name_is_a_number_is_one_clear_error() -> None:
    frame = experiment(60).rename(columns={"spend": 7})
    with pytest.raises(dw.InputError, match="The name of column '7' is no text"):
        dw.analyze(frame, design("7"))


def test_a_date_that_is_written_but_not_read_is_told_as_such() -> None:
    frame = experiment(60).assign(day="2026-11-02")
    frame.loc[:1, "day"] = "2026-13-45"
    with pytest.raises(dw.MissingValues, match="Values are missing: 2 rows have no readable day"):
        dw.analyze(frame, design("spend", time="day"))


def test_the_design_in_the_place_of_the_data_is_one_clear_error() -> None:
    with pytest.raises(dw.InputError, match="the data first"):
        dw.analyze(design(), experiment(20))


def test_an_arm_that_the_design_does_not_name_is_one_clear_error() -> None:
    with pytest.raises(dw.InputError, match=r"does not name: 'treatment_2'.* Add them to arms="):
        dw.analyze(experiment(60, arms=3), design(arms=[CONTROL, TREATMENT]))


def test_an_arm_with_a_blank_is_not_to_be_added_to_the_arms() -> None:
    frame = experiment(60).astype({"variant": object})
    frame.loc[:9, "variant"] = f"{CONTROL.title()} "
    with pytest.raises(dw.InputError, match="differs from 'control' by blanks or capitals alone; write them alike"):
        dw.analyze(frame, design(arms=[CONTROL, TREATMENT]))


def test_ids_that_are_floats_beyond_exactness_are_one_clear_error() -> None:
    frame = experiment(60)
    with pytest.raises(dw.InputError, match=r"'user' are floating-point numbers up to 1\.8e\+18.*int64"):
        dw.analyze(frame.assign(user=frame.user + 1.8e18), design("spend"))
    assert dw.analyze(frame.assign(user=frame.user * 1.0), design("spend")).effect("spend").result == "estimate"


def test_a_participant_column_that_is_none_is_told_as_such_with_covariates_too() -> None:
    frame = experiment(60).assign(before=1.0, country="x")
    metric = dw.Metric("spend", covariates=["before"])
    with pytest.raises(dw.InputError, match="seen in more than one arm; check the participant"):
        dw.analyze(frame, design(metric, participant="country"))


def test_a_percentage_typed_as_a_whole_number_is_refused() -> None:
    for word in ({"minimum_effect": 2}, {"role": "guardrail", "limit": 5}):
        with pytest.raises(dw.InputError, match=r"between 0 and 1 \(5% is 0\.05\)"):
            dw.Metric("spend", **word)


def test_a_mistaken_date_is_one_clear_error() -> None:
    frame = experiment(60).assign(time=pd.Timestamp("2026-10-05"))
    frame.loc[3, "time"] = pd.Timestamp("1970-01-01")
    for verb in (dw.analyze, dw.monitor):
        with pytest.raises(dw.InputError, match="last from 1970-01-01 to 2026-10-05; look for a mistaken date"):
            verb(frame, design("spend", time="time"))


def test_missing_values_are_counted_by_metric_and_arm() -> None:
    frame = experiment(60)
    gone = frame.index[frame.variant == TREATMENT][:4]
    frame.loc[gone, "spend"] = np.nan
    with pytest.raises(dw.MissingValues, match=rf"metric 'spend' is missing in 4 of {len(frame):,} rows"):
        dw.analyze(frame, design("spend", "trips"))
    with pytest.raises(dw.MissingValues, match=r"\(control: 0, treatment: 4\)"):
        dw.analyze(frame, design("spend", "trips"))


def in_arm(arm: str) -> Callable[[pd.DataFrame], Any]:
    return lambda frame: frame.variant == arm


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (set_to("trips", "n/a", first_rows(2)), "E_METRIC_KIND", "text in 2 of"),
        (set_to("trips", "7"), "E_METRIC_KIND", "numbers as text"),
        (set_to("trips", None), "E_METRIC_KIND", "missing in all"),
        (set_to("trips", np.inf, first_rows(2)), "E_METRIC_KIND", "infinite in 2"),
        (set_to("trips", pd.Timestamp("2026-01-01")), "E_METRIC_KIND", "holds dates"),
        (set_to("trips", date(2026, 1, 1)), "E_METRIC_KIND", "holds dates"),
        (set_to("trips", pd.Timedelta("1D")), "E_METRIC_KIND", "neither numbers nor texts"),
        (set_to("trips", "one"), "E_METRIC_KIND", "one text only"),
        (set_to("trips", 10**400, first_rows(1)), "E_METRIC_KIND", "beyond"),
        (lambda f: f.assign(trips=f.trips * 1e200), "E_METRIC_KIND", "beyond"),
        (set_to("trips", 0.1), "E_NO_VARIATION", "All .* rows hold 0.1"),
        (set_to("trips", 3, in_arm(CONTROL)), "E_NO_VARIATION", "All .* rows hold 3"),
        (set_to("trips", 3, in_arm(TREATMENT)), "E_NO_VARIATION", "All .* rows hold 3"),
        (set_to("trips", None, in_arm(TREATMENT)), "E_SMALL_N", "Arm treatment has 0"),
    ],
)
def test_a_metric_that_cannot_be_computed_is_refused_and_the_others_are_not(
    change: Change, code: str, said: str
) -> None:
    frame = experiment(80)
    alone = dw.analyze(frame, design("spend")).effect("spend")
    result = dw.analyze(change(frame), design("trips", "spend", missing="drop"))
    refused, kept = result.effect("trips"), result.effect("spend")
    assert refused.result == "not_estimable"
    assert refused.message.code == code
    assert pd.Series([refused.message.text]).str.contains(said, regex=True).all(), refused.message.text
    assert kept.result == alone.result == "estimate"
    # The engine may gather the same participants in another order when it gathers more columns.
    assert (kept.effect, kept.std_error, kept.df) == pytest.approx((alone.effect, alone.std_error, alone.df), rel=1e-12)
    row = result.to_frame().set_index("metric").loc["trips"]
    assert row[["effect", "effect_lower", "p_value", "relative_effect", "std_error"]].isna().all()
    check_whole(result)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (set_to("views", -1, first_rows(2)), "E_METRIC_KIND"),
        (set_to("views", 0), "E_METRIC_KIND"),
        (set_to("views", 0, in_arm(TREATMENT)), "E_SMALL_N"),
        (set_to("views", None), "E_METRIC_KIND"),
        (set_to("views", "many"), "E_METRIC_KIND"),
        (lambda f: f.assign(views=(f.user == f.user.iloc[0]).astype(int) | (f.variant == TREATMENT)), "E_SMALL_N"),
        (lambda f: f.assign(clicks=9.99 * f.views), "E_NO_VARIATION"),
        (lambda f: f.assign(clicks=np.where(f.variant == CONTROL, 0.1, 0.3) * f.views), "E_NO_VARIATION"),
    ],
)
def test_a_ratio_that_cannot_be_computed_is_refused_and_the_others_are_not(change: Change, code: str) -> None:
    frame = experiment(80).sort_values("variant", ignore_index=True)
    result = dw.analyze(change(frame), design(RATE, "spend", missing="drop"))
    refused = result.effect("rate")
    assert refused.result == "not_estimable"
    assert refused.message.code == code
    assert result.effect("spend").result == "estimate"
    check_whole(result)


@pytest.mark.parametrize("participants", [2, 4])
def test_one_or_two_participants_in_an_arm_are_refused(participants: int) -> None:
    result = dw.analyze(experiment(participants), design("spend"))
    assert result.effect("spend").codes == ("E_SMALL_N",)
    assert result.decision.verdict == "inconclusive"
    check_whole(result)


def test_three_participants_in_each_arm_are_computed_with_warnings() -> None:
    result = dw.analyze(experiment(6, sizes="equal"), design("spend"))
    assert {"W_SMALL_N", "W_FEW_CLUSTERS"} <= {message.code for message in result.messages}
    check_whole(result)


def test_few_participants_who_hold_nearly_all_rows_are_refused() -> None:
    frame = experiment(12, sizes="equal")
    heavy = frame[frame.user.isin(frame.user.iloc[:2])]
    crowded = pd.concat([frame, *[heavy] * 40], ignore_index=True)
    crowded = crowded.assign(spend=crowded.spend + np.random.default_rng(1).normal(size=len(crowded)))
    assert dw.analyze(crowded, design("spend")).effect("spend").codes == ("E_FEW_CLUSTERS",)


def same_numbers(left: dw.DecisionResult, right: dw.DecisionResult, metric: str) -> None:
    one, other = left.effect(metric), right.effect(metric)
    assert one.result == other.result == "estimate"
    for key in ("effect", "std_error", "df", "control_mean", "n_control", "n_treatment"):
        assert getattr(one, key) == pytest.approx(getattr(other, key), rel=1e-12), key


@pytest.mark.parametrize(
    "convert",
    [
        lambda y: y.astype("Int64"),
        lambda y: y.astype("Float64"),
        lambda y: y.astype("category"),
        lambda y: y.astype(object),
        lambda y: y.map(lambda v: Decimal(int(v))).astype(object),
        lambda y: y.astype("uint8"),
        lambda y: y.astype("float32"),
    ],
    ids=["Int64", "Float64", "category", "object", "Decimal", "uint8", "float32"],
)
def test_the_type_of_a_column_does_not_matter(convert: Callable[[pd.Series], pd.Series]) -> None:
    frame = experiment(60)
    converted = frame.assign(trips=convert(frame.trips))
    same_numbers(dw.analyze(frame, design("trips")), dw.analyze(converted, design("trips")), "trips")


@pytest.mark.parametrize("dtype", ["Int64", "Float64", object])
def test_pd_na_is_missing_like_nan(dtype: Any) -> None:
    frame = experiment(60)
    plain = frame.assign(trips=frame.trips.astype(float))
    plain.loc[::7, "trips"] = np.nan
    nullable = plain.assign(trips=plain.trips.astype("Int64").astype(dtype))
    words = design("trips", missing="drop")
    same_numbers(dw.analyze(plain, words), dw.analyze(nullable, words), "trips")


@pytest.mark.parametrize(
    "convert",
    [
        lambda y: y.astype(bool),
        lambda y: y.astype("boolean"),
        lambda y: y.map({0: "no", 1: "yes"}),
        lambda y: y.map({0: "N", 1: "Y"}).astype("category"),
        lambda y: y.map({0: "off", 1: "On"}),
    ],
    ids=["bool", "boolean", "yes/no", "Y/N", "On/off"],
)
def test_yes_and_no_in_any_form_are_1_and_0(convert: Callable[[pd.Series], pd.Series]) -> None:
    frame = experiment(60)
    converted = frame.assign(paid=convert(frame.paid))
    same_numbers(dw.analyze(frame, design("paid")), dw.analyze(converted, design("paid")), "paid")


def torn_between_arms(frame: pd.DataFrame, n: int) -> pd.DataFrame:
    """Show the first n participants of control the other arm too."""
    users = frame[frame.variant == CONTROL].user.unique()[:n]
    extra = frame[frame.user.isin(users)].assign(variant=TREATMENT)
    return pd.concat([frame, extra], ignore_index=True)


def test_a_few_participants_of_several_arms_are_left_out_and_counted() -> None:
    frame = experiment(2400, sizes="equal")
    result = dw.analyze(torn_between_arms(frame, 2), design("spend"))
    users = frame[frame.variant == CONTROL].user.unique()[:2]
    same_numbers(result, dw.analyze(frame[~frame.user.isin(users)], design("spend")), "spend")
    assert "W_CONTAMINATION" in {message.code for message in result.messages}
    assert (result.provenance.n_contaminated, result.provenance.left_out["several arms"]) == (2, 4)


def test_many_participants_of_several_arms_make_the_comparison_invalid() -> None:
    result = dw.analyze(torn_between_arms(experiment(2400, sizes="equal"), 3), design("spend"))
    assert result.decision.verdict == "invalid"
    assert result.effect("spend").codes == ("E_CONTAMINATION",)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("hello", "not read as dates"),
        (7, "holds numbers, not dates"),
        (20260101, "holds numbers, not dates"),
        (True, "holds numbers, not dates"),
        (pd.NaT, "missing in every row"),
    ],
)
def test_a_time_that_is_no_date_is_one_clear_error(time: Any, said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        dw.analyze(experiment(40).assign(time=time), design("spend", time="time"))


def test_a_column_full_of_braces_is_only_text() -> None:
    frame = experiment(60).rename(columns={"spend": "{x} %s"})
    check_whole(dw.analyze(frame.assign(**{"{x} %s": "{y}"}), design("{x} %s", "trips")))


@pytest.mark.parametrize("value", [0, 7, 0.1, 1_000_000.1])
def test_an_arm_in_which_nothing_varies_is_refused_whatever_the_other_holds(value: float) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"user": range(4000), "variant": [CONTROL, TREATMENT] * 2000, "x": rng.poisson(1, 4000)})
    frame["x"] = frame.x.where(frame.variant == TREATMENT, value)
    refused = dw.analyze(frame, design("x")).effect("x")
    assert refused.result == "not_estimable"
    assert refused.message.code == "E_NO_VARIATION"
    assert f"rows hold {value:.10g}" in refused.message.text
