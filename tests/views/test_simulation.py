"""What the history promises: false alarms, the smallest effect by days, injected effects and the options."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.html import to_html
from decision_widgets.views.text import to_text
from tests.views.reader import stripped
from tests.views.switchback_payloads import option, simulation, working_simulation


def said(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_promise_and_the_false_alarms_are_sentences() -> None:
    for text in (said(stripped(simulation())), said(to_text(simulation()))):
        assert re.search(
            r"for 14 days, detects a change of 0\.80% \(0\.59 pp\) in Completion rate with 80% power", text
        )
        assert "raised an alarm in 4.9% of them (3.6% to 6.4%; promised 5%)" in text


@pytest.mark.parametrize(
    ("status", "tag"), [("holds", "Errors hold"), ("fails", "Too many false alarms"), ("conservative", "Cautious")]
)
def test_the_false_alarms_are_a_word(status: str, tag: str) -> None:
    assert tag in stripped(simulation(aa=simulation()["aa"] | {"status": status}))


def test_the_curve_has_its_numbers_beside_it() -> None:
    html = to_html(simulation())
    assert len(re.findall(r'class="dw-dot" style="left:', html)) == 4
    for text in (said(stripped(simulation())), said(to_text(simulation()))):
        assert "7 1.1% 0.84 pp 14 0.80% 0.59 pp 21 0.66% 0.49 pp 28 0.57% 0.42 pp" in text


def test_injected_effects_and_options_are_tables() -> None:
    for text in (said(stripped(simulation())), said(to_text(simulation()))):
        assert "0.80% 81.0% 78.4% to 83.4% +0.020 pp" in text
        assert re.search(r"Pairs, 1 h \(?chosen\)? 60 min 15 min randomised pairs, each region", text)
        assert "7 days per arm are too few." in text
        assert re.search(r"1 day 2 h a coin per day, each region calendar hour – – –", text)


def test_the_effect_asked_for_is_marked_among_the_injected_ones() -> None:
    first, last = simulation()["checks"]
    marked = simulation(checks=[first, last | {"asked": True}])
    for text in (said(stripped(marked)), said(to_text(marked))):
        assert re.search(r" 0\.40% 29\.0% .* 0\.80% \(asked for\) 81\.0%", text)
        assert text.count("asked for") == 1
    assert "asked for" not in to_html(simulation())


def test_a_binary_metric_is_told_in_percentage_points_and_another_in_its_unit() -> None:
    alone = {"detectable": {"effect": 0.0059, "relative": None}, "options": []}
    checks = [check | {"relative": None} for check in simulation()["checks"]]
    curve = [point | {"relative": None} for point in simulation()["curve"]]
    shares = said(to_text(simulation(**alone, checks=checks, curve=curve)))
    assert "detects a change of 0.59 pp in Completion rate" in shares
    assert "0.30 pp 29.0%" in shares
    others = said(to_text(simulation(kind="continuous", **alone, checks=checks, curve=curve)))
    assert "detects a change of 0.00590 in Completion rate" in others
    assert "pp" not in others


def test_a_metric_without_relative_effects_is_told_in_its_unit() -> None:
    found = simulation(
        kind="continuous",
        detectable={"effect": 0.59, "relative": None},
        curve=[{"days": 7, "detectable": 0.8, "relative": None}, {"days": 14, "detectable": 0.59, "relative": None}],
        checks=[],
        options=[option("Pairs", relative=None, detectable=0.59)],
    )
    assert "detects a change of 0.590 in Completion rate" in to_text(found)


def test_nothing_detectable_is_said() -> None:
    nothing = simulation(detectable={"effect": None, "relative": None}, curve=[], checks=[], options=[])
    assert "no smallest effect could be told" in to_text(nothing)


def test_while_it_works_the_partial_answer_is_shown_with_a_bar() -> None:
    html = to_html(working_simulation())
    assert 'role="progressbar" aria-label="Progress" aria-valuenow="67"' in html
    text = said(stripped(working_simulation()))
    assert "268 of 400 about 12 s left" in text
    assert "partial answer" in text
    assert "simulated 268 times" in text
    assert "<button" not in html


def test_before_the_first_answer_there_is_only_the_bar() -> None:
    first = {key: value for key, value in working_simulation(0).items() if key not in ("aa", "detectable", "curve")}
    assert "0 of 400" in said(stripped(first))
    assert "No experiment was simulated yet." in to_text(first)


def test_a_cancelled_one_says_how_far_it_came() -> None:
    cut = simulation(cancelled=True, done=400)
    assert "400 of 1,000 experiments" in stripped(cut)
    assert "Cancelled after 400 of 1,000 experiments" in to_text(cut)


def test_the_length_of_the_run_is_said_where_it_is_known() -> None:
    assert "This schedule, for 28 days, detects a change of 0.80%" in to_text(simulation(days=28))
    assert "This schedule detects a change of 0.80%" in to_text(simulation(days=None))


def test_effects_of_time_are_words() -> None:
    shown = simulation(options=[option("Together", time_fe="hour-of-day+date")])
    assert "hour of day + date" in stripped(shown)


def test_several_metrics_are_told_apart_by_their_titles() -> None:
    assert 'aria-label="What your own history promises: Completion rate"' in to_html(simulation())
