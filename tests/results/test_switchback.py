"""The payloads of a switchback: the fields that the cards read, in plain JSON values."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from made import slots_design, trips

import decision_widgets as dw

FIELDS = {
    "dw.timeline/1": "state withheld metric label kind metrics regions start slot_min burn_in_min assignment together "
    "arms served planned switch values counts balance",
    "dw.acf/1": "state metric label acf crit lag_min gone_at cluster",
    "dw.carryover/1": "state withheld metric label kind level status burn_ins order_test",
    "dw.schedulecheck/1": "state status n_slots n_mismatched mismatch_share lost broken_blocks hour_balance volume "
    "units examples",
}
BURN_IN = (
    "burn_in_min planned effect effect_lower effect_upper relative_effect relative_effect_lower relative_effect_upper "
    "n_clusters df reason"
)
ORDER = "order_min statistic df df_denominator p_value effect effect_lower effect_upper reason"


@cache
def result() -> dw.SwitchbackResult:
    design = slots_design(
        dw.Metric("fare", minimum_effect=0.01), dw.Metric("wait", role="guardrail", direction="decrease", limit=0.3)
    )
    planned = dw.schedule(design, start="2026-11-02", days=7, regions=["Central", "North"], seed=1)
    return dw.analyze(trips(design, days=7, effect=1.0), design.with_schedule(planned))


def card(schema: str) -> dict[str, Any]:
    return next(card for card in result().to_payload()["cards"] if card["schema"] == schema)


def test_each_card_has_the_fields_of_its_schema() -> None:
    for schema, names in FIELDS.items():
        assert set(card(schema)) == {"schema", *names.split()}
    carryover = card("dw.carryover/1")
    assert all(set(each) == set(BURN_IN.split()) for each in carryover["burn_ins"])
    assert set(carryover["order_test"]) == set(ORDER.split())
    assert set(card("dw.schedulecheck/1")["volume"]) == {
        "effect_share", "effect_lower", "effect_upper", "p_value", "before_exposure"
    }  # fmt: skip


def test_the_timeline_marks_the_slots_in_which_the_arm_changed() -> None:
    timeline = card("dw.timeline/1")
    for served, switch, values in zip(timeline["served"], timeline["switch"], timeline["values"]["fare"], strict=True):
        assert len(served) == len(switch) == len(values) == 84
        assert [sign == "1" for sign in switch[1:]] == [a != b for a, b in pairwise(served)]
        assert all(value is not None for value in values)
    assert timeline["served"] == timeline["planned"]
    assert timeline["counts"] == {"control": 84, "treatment": 84}
    assert timeline["balance"] == "6 + 6 slots per region and day"


def test_the_verdict_says_what_was_removed_and_what_it_rests_on() -> None:
    verdict = card("dw.verdict/1")
    sentence = "".join(piece["text"] for piece in verdict["sentence"])
    assert sentence.startswith("Fare rose ")
    assert "after removing hour, day and region effects" in sentence
    assert sentence.endswith("Slots were served as planned.")
    facts = {fact["label"]: (fact["value"], fact["detail"]) for fact in verdict["facts"]}
    assert list(facts) == ["Primary uplift", "Clusters", "Randomisation", "Burn-in", "Guardrails", "Warnings"]
    assert facts["Clusters"][0] == "84 pairs of slots by region"
    assert facts["Clusters"][1].startswith("CR2, ")
    assert facts["Randomisation"][1].startswith("agrees with p")
    assert facts["Burn-in"] == ("30 min", "25.0% of minutes not analysed")
    assert verdict["kicker"].endswith("2 regions")
    assert verdict["rules"][0]["text"] == "Nothing breaks the comparison (slots served as planned)"


def test_residuals_have_eight_lags_and_their_limit() -> None:
    residuals = card("dw.acf/1")
    assert residuals["acf"][0] == 1
    assert len(residuals["acf"]) > 8
    assert residuals["lag_min"] == 120
    assert residuals["cluster"] == "region × pair of slots"


def test_names_are_found_and_unknown_ones_refused() -> None:
    found = result()
    assert found.arm_names() == ["control", "treatment"]
    assert found.treatments() == ("treatment",)
    assert repr(found).startswith("SwitchbackResult(verdict='ship'")
    assert found.plot() is not None
