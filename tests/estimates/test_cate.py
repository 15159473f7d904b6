"""Individual effects are shown when they are there, withheld when they are not, and honest about participants."""

from __future__ import annotations

import sys
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import EngineMissing, InputError
from decision_widgets.estimates import (
    IndividualEffects,
    NoIndividualEffects,
    check_predicted_effects,
    clustered_ols,
    individual_effects,
)

Rows = dict[str, Any]
SMALL = {"n_trees": 40, "n_seeds": 2}


def rows(n: int = 400, spread: float = 0.0, seed: int = 0, share: float = 0.4) -> Rows:
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), rng.integers(1, 4, n))
    x, treatment = rng.normal(size=(n, 2)), (rng.random(n) < share).astype(float)
    y = x[:, 0] + 0.3 * rng.normal(size=n) + treatment * (0.5 + spread * x[:, 1])
    return {
        "outcome": y[person] + 0.3 * rng.normal(size=len(person)),
        "treatment": treatment[person],
        "covariates": {"age": x[person, 0], "tenure": x[person, 1]},
        "participant": person,
        "share": share,
    }


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("econml", reason="econml is not installed: pip install -e '.[forest]'")
    monkeypatch.setattr("decision_widgets.estimates.cate.BASELINE_TREES", 10)


@pytest.mark.usefixtures("quick")
def test_effects_that_differ_are_shown_with_what_drives_them() -> None:
    data = rows(spread=1.0)
    answer = individual_effects(**data, **SMALL)
    assert isinstance(answer, IndividualEffects)
    assert answer.checks.passed
    assert answer.drivers[0].name == "tenure"
    assert sum(driver.importance for driver in answer.drivers) == pytest.approx(1)
    truth = data["covariates"]["tenure"][np.unique(data["participant"], return_index=True)[1]][answer.participants]
    assert np.corrcoef(truth, answer.predicted)[0, 1] > 0.8
    assert answer.seed_agreement > 0.8
    assert "few_participants" in answer.distrust
    assert "unstable_drivers" not in answer.distrust
    with pytest.raises(ValueError, match="read-only"):
        answer.predicted[0] = 1
    with pytest.raises(FrozenInstanceError):
        answer.seed = 1


@pytest.mark.usefixtures("quick")
def test_the_checks_rest_on_half_of_the_participants_of_each_arm_whom_no_forest_saw() -> None:
    data = rows(spread=1.0)
    answer = individual_effects(**data, **SMALL)
    assert isinstance(answer, IndividualEffects)
    first = np.unique(data["participant"], return_index=True)[1]
    arm = data["treatment"][first]
    assert answer.checks.n_participants == len(answer.participants) == len(set(answer.participants))
    for each in (0, 1):
        assert (arm[answer.participants] == each).sum() == (arm == each).sum() - (arm == each).sum() // 2
    held = np.isin(data["participant"], answer.participants)
    by_person = dict(zip(answer.participants, answer.predicted, strict=True))
    again = check_predicted_effects(
        [by_person[who] for who in data["participant"][held]],
        data["outcome"][held],
        data["treatment"][held],
        data["share"],
        data["participant"][held],
    )
    assert again.groups.groups[0].predicted_effect == pytest.approx(answer.checks.groups.groups[0].predicted_effect)
    assert again.n_participants == answer.checks.n_participants


@pytest.mark.usefixtures("quick")
def test_effects_that_do_not_differ_leave_the_average_alone() -> None:
    data = rows()
    answer = individual_effects(**data, **SMALL)
    assert isinstance(answer, NoIndividualEffects)
    assert not answer.checks.passed
    assert answer.checks.failed
    x = np.column_stack([np.ones(len(data["outcome"])), data["treatment"]])
    dense = clustered_ols(data["outcome"], x, data["participant"])
    assert answer.average.effect == pytest.approx(dense.coefficients[1], rel=1e-9)
    assert answer.average.std_error == pytest.approx(dense.std_error_cr2[1], rel=1e-9)
    assert NoIndividualEffects.from_dict(answer.to_dict()) == answer
    assert individual_effects(**data, **SMALL) == answer


@pytest.mark.usefixtures("quick")
def test_a_weak_average_effect_is_a_reason_for_distrust() -> None:
    data = rows()
    flat = data | {"outcome": data["outcome"] - 0.5 * data["treatment"]}
    assert "weak_effect" in individual_effects(**flat, **SMALL).distrust
    assert "weak_effect" not in individual_effects(**data, **SMALL).distrust


@pytest.mark.usefixtures("quick")
def test_participants_that_have_names_keep_them() -> None:
    data = rows(spread=1.0)
    named = data | {"participant": np.array([f"u{who:03d}" for who in data["participant"]])}
    there, back = individual_effects(**data, **SMALL), individual_effects(**named, **SMALL)
    assert isinstance(there, IndividualEffects)
    assert isinstance(back, IndividualEffects)
    assert back.participants.tolist() == [f"u{who:03d}" for who in there.participants]
    assert (back.predicted == there.predicted).all()


def changed(data: Rows, name: str, values: Any) -> Rows:
    return data | {"covariates": data["covariates"] | {name: values}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data | {"share": 1.0}, "strictly between 0 and 1"),
        (lambda data: data | {"covariates": {}}, "at least one covariate"),
        (lambda data: changed(data, "city", ["a"] * len(data["outcome"])), "encode its levels"),
        (lambda data: changed(data, "age", np.full(len(data["outcome"]), np.nan)), "'age' must be finite"),
        (lambda data: changed(data, "age", np.arange(len(data["outcome"]))), "'age' differs between rows"),
        (lambda data: changed(data, "age", np.ones(3)), "'age' needs one value per row"),
        (lambda data: data | {"treatment": np.arange(len(data["outcome"])) % 2}, "'treatment' differs between rows"),
        (lambda data: data | {"treatment": data["treatment"] + 1}, "a treatment of 0 or 1"),
        (lambda data: rows(n=70), "40 participants in each"),
        (lambda data: data | {"participant": np.ones(3)}, "one label per row"),
        (lambda data: data | {"n_trees": 0}, "at least 1 tree"),
        (lambda data: data | {"n_seeds": 1}, "2 seeds to compare"),
        (lambda data: data | {"outcome": []}, "'outcome' needs one value per row"),
    ],
)
def test_what_the_forest_could_not_read_honestly_is_refused(change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        individual_effects(**change(rows()))


@pytest.mark.usefixtures("quick")
def test_an_outcome_that_does_not_vary_is_refused() -> None:
    data = rows()
    with pytest.raises(InputError, match="positive variance"):
        individual_effects(**data | {"outcome": np.ones(len(data["outcome"]))})


def test_without_econml_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "econml.dml", None)
    with pytest.raises(EngineMissing, match=r'pip install "decision_widgets\[forest\]"'):
        individual_effects(**rows())


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_where_effects_do_not_differ_they_are_hardly_ever_shown() -> None:
    shown = [isinstance(individual_effects(**rows(seed=seed), **SMALL), IndividualEffects) for seed in range(60)]
    assert np.mean(shown) <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5
