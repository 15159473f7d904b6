"""The card that a kernel answers: empty, filled, asked, and given nonsense."""

from __future__ import annotations

import json
from typing import Any

import pytest

import decision_widgets as dw
from decision_widgets.cards.power_form import FormProblems, column_fields, read_form, read_shares, typed_fields
from decision_widgets.cards.power_widget import PowerWidget
from decision_widgets.errors import InputError
from tests.made import power_advice

TYPED = {"metric": "booked", "mean": "35%", "lift": "2%"}


def fill(card: PowerWidget, **values: str) -> None:
    """Type into the fields as the browser sends it."""
    card.controls = {**card.controls, "form": {**(card.controls.get("form") or {}), **values}, "what": None}


def test_it_opens_empty_and_says_what_to_do() -> None:
    card = dw.PowerWidget()
    assert "Add a metric to see how many participants you need." in card.html
    assert [field["name"] for field in card.fields] == [field["name"] for field in typed_fields()]
    assert card.advice is None
    assert repr(card) == "PowerWidget(empty)"


def test_the_example_is_a_plan() -> None:
    card = dw.PowerWidget()
    fill(card, **{field["name"]: field["example"] or field["value"] for field in card.fields})
    assert card.problems == {}
    assert card.advice is not None
    assert card.advice.plan is not None
    assert card.advice.plan.days == 14


def test_its_fields_are_the_question_that_python_would_be_asked() -> None:
    card = dw.PowerWidget()
    fill(card, **TYPED)
    assert card.problems == {}
    assert "147,000\u00a0participants" in card.html
    names: dict[str, Any] = {"dw": dw}
    exec("\n".join(card.payload["code"]), names)
    assert card.advice is not None
    assert names["advice"].plan == card.advice.plan
    assert dw.read_design(card.payload["yaml"]) == card.design


def test_nothing_happens_while_the_question_is_incomplete() -> None:
    card = dw.PowerWidget()
    for name, value in (("metric", "booked"), ("mean", "0.35")):
        fill(card, **{name: value})
        assert card.problems == {}
        assert card.advice is None


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("icc", "-0.1", "ICC must be 0 or a number between 0 and 1; got -0.1."),
        ("shares", "60/50", "Shares add up to 110%, not 100%; change one arm by −10."),
        ("shares", "100", "Shares are written like 50/50, control first."),
        ("shares", "100/0", "Every arm needs a share above 0."),
        ("lift", "0", "The lift must not be 0; state the smallest one worth finding."),
        ("power", "1", "Power must lie between 5% and 100%; no number of participants gives certainty."),
        ("confidence", "100%", "Confidence must lie between 50% and 100%."),
        ("mean", "x", "Mean must be a number, for example 0.35 or 35%; got 'x'."),
        ("mean", "0,35", "Mean must be a number, for example 0.35 or 35%; got '0,35'. Write decimals with a point."),
        (
            "lift",
            "2,5%",
            "The lift must be a number, for example 0.35 or 35%; got '2,5%'. Write decimals with a point.",
        ),
        ("cv_observations", "0,5", "CV must be a number, for example 0.35 or 35%; got '0,5'."),
        ("participants_per_day", "1,50", "Participants per day must be a number"),
        ("mean", "12", "Mean must lie between 0 and 1 without std_dev, which says binary; got 12."),
        ("std_dev", "-1", "Standard deviation must be"),
        ("observations_per_participant", "0.5", "Observations each must be at least 1; got 0.5."),
        ("cv_observations", "-1", "CV must be"),
    ],
)
def test_a_wrong_field_says_so_beside_itself_and_the_last_answer_stays(field: str, typed: str, said: str) -> None:
    card = dw.PowerWidget()
    fill(card, **TYPED)
    before = card.payload
    fill(card, **{field: typed})
    assert list(card.problems) == [field]
    assert card.problems[field].startswith(said)
    assert card.payload == before
    fill(card, **{field: "50/50" if field == "shares" else ""} | TYPED)
    assert card.problems == {}


def test_an_answer_to_fields_that_were_emptied_is_not_passed_off_as_current() -> None:
    card = dw.PowerWidget()
    fill(card, **TYPED)
    before = card.payload
    fill(card, **TYPED | {"mean": ""})
    assert card.payload == before
    assert card.problems == {"": "A metric, its mean and a lift are needed; the answer below is of the fields before."}
    fill(card, **TYPED)
    assert card.problems == {}


def test_a_what_if_of_the_icc_says_so_in_what_is_saved() -> None:
    card = dw.PowerWidget()
    fill(card, **TYPED | {"icc": "0.05", "observations_per_participant": "4"})
    assert "<dt>Intraclass correlation</dt><dd>0.050</dd>" in card.html
    what = {"metric": "booked", "lift": 0.02}
    card.controls = {**card.controls, "seq": 1, "what": what | {"icc": 0.2}}
    assert "<dt>Intraclass correlation (what if; 0.050 is known)</dt><dd>0.200</dd>" in card.html
    assert card.icc == 0.2
    card.controls = {**card.controls, "seq": 2, "what": what}
    assert "<dt>Intraclass correlation</dt><dd>0.050</dd>" in card.html
    assert card.icc is None


def test_a_comma_between_thousands_is_read() -> None:
    plain, with_comma = dw.PowerWidget(), dw.PowerWidget()
    fill(plain, **TYPED | {"participants_per_day": "12500"})
    fill(with_comma, **TYPED | {"participants_per_day": "12,500"})
    assert with_comma.problems == {}
    assert with_comma.payload == plain.payload


def test_all_wrong_fields_are_named_together() -> None:
    card = dw.PowerWidget()
    fill(card, **TYPED | {"icc": "2", "cv_observations": "-1", "power": "1"})
    assert sorted(card.problems) == ["cv_observations", "icc", "power"]


def test_a_share_outside_0_to_1_is_told_inside_the_card() -> None:
    card = dw.PowerWidget()
    fill(card, **TYPED | {"mean": "90%", "lift": "20%"})
    assert "0 to 1" in str(card.problems) or "between 0 and 1" in card.html
    assert "Traceback" not in card.html


def test_an_advice_opens_filled_and_answers_what_ifs() -> None:
    card = power_advice("typed").card()
    assert isinstance(card, dw.PowerWidget)
    assert card.fields == []
    before = card.payload["answer"]["n_units"]
    card.controls = {"seq": 3, "what": {"metric": "booked", "lift": 0.02, "other_power": True}}
    assert card.payload["seq"] == 3
    assert card.payload["answer"]["n_units"] > before
    assert "90% power" in card.html
    assert card.payload["what_if"]["powers"] == [0.8, 0.9]
    assert card.design is not None
    assert card.design.power == 0.9


def test_a_what_if_that_cannot_be_answered_keeps_the_last_answer() -> None:
    card = power_advice("typed").card()
    before = card.payload
    card.controls = {"seq": 1, "what": {"metric": "booked", "lift": -1.0}}
    assert "lift must be" in card.error
    assert card.payload == before
    card.controls = {"seq": 2, "what": {"metric": "booked", "lift": 0.03}}
    assert card.error == ""


def test_a_table_offers_its_columns_and_fills_by_them() -> None:
    past = dw.examples.ride_hailing(riders=2000, days=28)
    card = dw.PowerWidget(past)
    offered = {field["name"]: field["options"] for field in card.fields}
    assert offered["metric"] == ["", *past.columns]
    fill(card, metric="booked", participant="rider_id", time="time", lift="10%")
    assert card.problems == {}
    design = card.design
    assert design is not None
    assert (design.participant, design.time) == ("rider_id", "time")
    fill(card, metric="city")
    assert "city could not be" in card.html


def test_a_table_with_a_design_opens_filled() -> None:
    design = dw.BetweenSubject(participant="rider_id", arm="v", control="control", metrics=["booked"], time="time")
    card = dw.PowerWidget(dw.examples.ride_hailing(riders=2000, days=28), design=design, effect=0.1)
    assert card.advice is not None
    assert card.advice.question.effects == {"booked": 0.1}


def test_a_question_without_a_design_and_an_unknown_word_are_refused() -> None:
    with pytest.raises(InputError, match=r"effect= goes with a design"):
        dw.PowerWidget(effect=0.02)
    with pytest.raises(InputError, match="no option 'efect'"):
        dw.PowerWidget(efect=0.02)


def test_its_bundle_can_be_read_without_a_kernel() -> None:
    data, _ = power_advice("history").card()._repr_mimebundle_()
    said = data["text/html"]
    for part in ("You need", "Arms", "What each metric can detect", "Design effect", "Smallest change by weeks"):
        assert part in said
    assert "<script" not in said
    assert "<button" not in said
    assert json.loads(json.dumps(data["text/html"])) == said


def test_two_cards_share_nothing() -> None:
    first, second = dw.PowerWidget(), dw.PowerWidget()
    fill(first, **TYPED)
    assert second.advice is None
    assert second.controls == {}


@pytest.mark.parametrize(
    ("text", "shares"),
    [("50/50", [0.5, 0.5]), ("80 / 20", [0.8, 0.2]), ("0.4, 0.3, 0.3", [0.4, 0.3, 0.3]), ("", [0.5, 0.5]),
     ("60%/40%", [0.6, 0.4]), ("33/33/33", [1 / 3] * 3)],
)  # fmt: skip
def test_shares_are_read_as_people_write_them(text: str, shares: list[float]) -> None:
    assert read_shares(text) == pytest.approx(shares)


def test_a_form_without_a_metric_asks_nothing_yet() -> None:
    assert read_form({}, None) is None
    assert read_form({"metric": "y"}, ["y"]) is None
    assert [field["options"] for field in column_fields(["y"])][:2] == [["", "y"], ["", "y"]]
    with pytest.raises(FormProblems):
        read_form({"icc": "a lot"}, None)


@pytest.mark.parametrize("asked", [{"participants": 3}, {"lift": 1.9}])
def test_a_what_if_without_a_plan_keeps_the_last_answer_and_says_why(asked: dict[str, Any]) -> None:
    card = power_advice("typed").card()
    before = card.payload
    card.controls = {"seq": 1, "what": {"metric": "booked", **asked}}
    assert card.payload == before
    assert card.error.startswith("No size can be given.")
