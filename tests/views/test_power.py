"""The power card: the answer first, tables that align, a reason where there is no number."""

from __future__ import annotations

import pytest

from decision_widgets.views import html, text
from decision_widgets.views.power import to_markdown
from decision_widgets.views.power_figure import power_figure, weeks_figure
from tests.views.payloads import power


def test_the_text_begins_with_the_answer_and_aligns_its_table() -> None:
    lines = text.to_text(power()).splitlines()
    assert lines[0] == "You need 41,200 participants (2 weeks) to find a change of 2.00% in Booked with 80% power."
    header, row, refused = lines[2:5]
    for title, cell in (("Participants", "41,200"), ("Days", "14"), ("Smallest", "2.0%"), ("Design", "1.17")):
        assert row[header.index(title) :].startswith(cell)
    assert "Guardrail wait has no limit." in refused


def test_the_html_says_the_same_and_hides_what_is_long() -> None:
    shown = html.to_html(power())
    assert "<b>41,200\u00a0participants</b>" in shown
    assert shown.count("<details") == 3
    assert "dw.advise(design, history)" in shown
    assert "Guardrail wait has no limit." in shown


def test_names_are_text() -> None:
    payload = power(label="<i>x</i>")
    payload["rows"] = [payload["rows"][0] | {"label": "<script>", "arm": "a|b"}]
    shown = html.to_html(payload)
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert "a\\|b" in to_markdown(payload)


def test_an_absolute_change_is_no_percentage() -> None:
    payload = power(inputs={"power": 0.8, "relative": False})
    payload["rows"] = [payload["rows"][0] | {"relative_mde": None, "mde": 3.5}]
    said = text.to_text(payload)
    assert "3.50" in said.splitlines()[3]
    assert "0.0261" in said


def test_an_empty_card_keeps_its_sentence_alone() -> None:
    empty = {
        "schema": "dw.power/1",
        "state": "empty",
        "metric": None,
        "sentence": [{"text": "No size.", "strong": True}],
    }
    assert text.to_text(empty).startswith("No size.")
    assert "<b>No size.</b>" in html.to_html(empty)
    assert not power_figure(empty).axes
    assert not weeks_figure({"cards": [empty]}).axes


@pytest.mark.parametrize("wrapped", [False, True])
def test_figures_take_a_card_or_a_result(wrapped: bool) -> None:
    payload = {"cards": [power()]} if wrapped else power()
    (curves,) = power_figure(payload).axes
    assert [line.get_label() for line in curves.lines[:2]] == ["2.0%", "3.0%"]
    assert curves.lines[0].get_linewidth() > curves.lines[1].get_linewidth()
    (weeks,) = weeks_figure(payload).axes
    assert [tick.get_text() for tick in weeks.get_xticklabels()] == ["1", "2"]
