"""Live cards: derived HTML, a bundle that needs no kernel, and nothing shared."""

from __future__ import annotations

import re
from typing import Any

import pytest

from decision_widgets.cards import (
    AcfCard,
    BasicsCard,
    Card,
    CarryoverCard,
    GuidelineCard,
    HteCard,
    MetricsCard,
    MonitoringCard,
    PowerCard,
    ResultCard,
    ScheduleCard,
    ScheduleCheckCard,
    SimulationCard,
    SrmCard,
    TimelineCard,
    ToolboxCard,
    VerdictCard,
    WarningsCard,
    card_of,
    widget_view,
)
from decision_widgets.cards.design_widget import DesignWidget
from decision_widgets.errors import InputError
from decision_widgets.views.html import to_html
from decision_widgets.vocabulary import CARD_MIME
from tests.views.payloads import basics, hte, metrics, monitoring, power, result, srm, toolbox, verdict, warnings
from tests.views.switchback_payloads import (
    acf,
    carryover,
    guideline,
    schedule,
    schedulecheck,
    simulation,
    switchback_result,
    timeline,
)

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
CARDS = [
    (VerdictCard, verdict),
    (MetricsCard, metrics),
    (WarningsCard, warnings),
    (SrmCard, srm),
    (HteCard, hte),
    (BasicsCard, basics),
    (ToolboxCard, toolbox),
    (MonitoringCard, monitoring),
    (PowerCard, power),
    (TimelineCard, timeline),
    (AcfCard, acf),
    (CarryoverCard, carryover),
    (ScheduleCheckCard, schedulecheck),
    (GuidelineCard, guideline),
    (SimulationCard, simulation),
    (ScheduleCard, schedule),
    (ResultCard, result),
    (ResultCard, switchback_result),
]


@pytest.mark.parametrize(("card", "payload"), CARDS)
def test_the_bundle_can_be_read_without_a_kernel(card: type[Card], payload: Any) -> None:
    data, _ = card(payload())._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", CARD_MIME, WIDGET_MIME}
    assert data["text/html"] == to_html(payload())
    assert data[CARD_MIME] == payload()


def test_nothing_in_the_bundle_but_the_live_view_changes_from_one_card_to_the_next() -> None:
    first, second = (ResultCard(result())._repr_mimebundle_()[0] for _ in range(2))
    assert first.pop(WIDGET_MIME) != second.pop(WIDGET_MIME)
    assert first == second


def test_the_repr_has_no_id_of_the_widget() -> None:
    assert repr(ResultCard(result())) == "ResultCard(eta_badge_v2)"
    assert repr(VerdictCard(verdict())) == "VerdictCard(dw.verdict/1)"


def test_a_new_payload_renders_anew() -> None:
    card = VerdictCard(verdict())
    seen: list[str] = []
    card.observe(lambda change: seen.append(change["new"]), names="html")
    card.payload = verdict(object="new badge")
    assert len(seen) == 1
    assert "new badge" in card.html


def test_a_payload_edited_and_given_again_renders_anew() -> None:
    payload = result()
    card = ResultCard(payload)
    payload["cards"][0]["object"] = "new badge"
    assert "new badge" not in card.html
    card.payload = payload
    assert "new badge" in card.html


def test_a_replaced_payload_brings_all_that_the_notebook_holds_of_the_card() -> None:
    card = DesignWidget()
    untouched = VerdictCard(verdict())
    assert (untouched.text, untouched.stylesheet) == ("", "")
    card.form = card.form | {"name": "<script>alert(1)</script>"}
    bundle = card._repr_mimebundle_()[0]
    standing = card.html.replace('<div class="dw">', f'<div class="dw"><style>{card.stylesheet}</style>', 1)
    assert (standing, card.text, card.payload) == (bundle["text/html"], bundle["text/plain"], bundle[CARD_MIME])
    assert "&lt;script&gt;" in standing
    assert "<script" not in standing


def test_two_cards_share_nothing() -> None:
    first, second = ResultCard(result()), ResultCard(result())
    first.controls = {"scale": "absolute"}
    first.payload = result(verdict(object="new badge"))
    assert second.controls == {}
    assert "new badge" not in second.html


def test_a_misspelt_option_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"VerdictCard has no option 'control'\. Did you mean 'controls'\?"):
        VerdictCard(verdict(), control={})


@pytest.mark.parametrize("derived", ["html", "text", "stylesheet", "error"])
def test_what_is_derived_cannot_be_given(derived: str) -> None:
    with pytest.raises(InputError, match=derived):
        VerdictCard(verdict(), **{derived: "x"})


def test_a_payload_of_another_card_is_refused_and_the_last_good_one_stays() -> None:
    card = VerdictCard(verdict())
    with pytest.raises(InputError, match=r"VerdictCard shows 'dw\.verdict/1', not 'dw\.metrics/1'"):
        card.payload = metrics()
    assert card.payload == verdict()
    assert "Ship" in card.html


def test_a_card_alone_has_the_style_of_everything_it_draws() -> None:
    for card, payload in CARDS:
        drawn = {name for names in re.findall(r'class="([^"]*)"', card(payload()).html) for name in names.split()}
        for piece in (
            "dw-plot",
            "dw-lane",
            "dw-lanes",
            "dw-forest",
            "dw-axis",
            "dw-table",
            "dw-scroll",
            "dw-split",
            "dw-grow",
            "dw-mrow",
            "dw-fold",
            "dw-facts",
        ):
            assert piece not in drawn or f".{piece}" in card._css


@pytest.mark.parametrize(("card", "payload"), CARDS)
def test_a_payload_finds_its_card(card: type[Card], payload: Any) -> None:
    assert type(card_of(payload())) is not Card
    assert isinstance(card_of(payload()), card)


def test_a_payload_without_a_card_is_refused() -> None:
    with pytest.raises(InputError, match=r"No card shows 'dw\.verdict/9'\. Did you mean 'dw\.verdict/1'\?"):
        card_of(verdict(schema="dw.verdict/9"))


def test_the_front_door_gets_only_the_live_entry() -> None:
    assert list(widget_view(result())) == [WIDGET_MIME]


@pytest.mark.parametrize("card", [card for card, _ in CARDS])
def test_a_script_exports_render_once_and_imports_nothing(card: type[Card]) -> None:
    script = card._esm
    assert re.findall(r"^export .*$", script, re.MULTILINE) == ["export default { render };"]
    assert not re.search(r"\bimport\b|https?:", script)


def test_a_result_can_enhance_every_card_and_a_single_card_only_itself() -> None:
    assert set(re.findall(r"^enhancers\.(\w+)", ResultCard._esm, re.MULTILINE)) == {
        "basics",
        "guideline",
        "metrics",
        "monitoring",
        "power",
        "result",
        "schedule",
        "simulation",
        "timeline",
        "verdict",
        "warnings",
    }
    assert re.findall(r"^enhancers\.(\w+)", MetricsCard._esm, re.MULTILINE) == ["metrics"]


def test_the_live_html_brings_no_style_of_its_own() -> None:
    assert "<style" not in ResultCard(result()).html
    assert ".dw-mrow" in ResultCard._css
