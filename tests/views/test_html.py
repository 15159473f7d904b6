"""Static HTML: safe, the same every time, and sensible when everything but the tags is taken away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from decision_widgets.views.html import page, to_html
from decision_widgets.views.schemas import Payload
from tests.views.payloads import (
    basics,
    column,
    divided,
    divided_metric,
    group,
    hte,
    metrics,
    refused,
    relative,
    result,
    row,
    rows,
    simultaneous,
    srm,
    statistics,
    tool,
    toolbox,
    verdict,
    warnings,
    withheld,
)
from tests.views.reader import EVIL, Reader, stripped
from tests.views.switchback_payloads import (
    acf,
    advice_result,
    carryover,
    guideline,
    option,
    refused_burn_in,
    schedule,
    schedulecheck,
    simulation,
    step,
    switchback_result,
    timeline,
)

_STEP_WORDS = ("title", "question", "evidence", "recommendation", "answer", "status", "code", "id")
_TOOL_WORDS = ("arm", "method", "group", "label", "status", "statistic_name", "estimate_name", "unit", "note")


def line_with(text: str, *words: str) -> str:
    return next(line for line in text.splitlines() if all(word in line for word in words))


@pytest.mark.parametrize("shown", [result, switchback_result, advice_result])
def test_every_tag_is_closed(shown: Callable[[], Payload]) -> None:
    assert Reader(page(shown(), "Report")).open == []


@pytest.mark.parametrize(
    "payload",
    [
        verdict(object=EVIL, kicker=EVIL, sentence=[{"text": EVIL, "strong": True}], policy=EVIL),
        verdict(
            facts=[dict.fromkeys(("label", "value", "detail", "tone"), EVIL)], rules=[{"status": EVIL, "text": EVIL}]
        ),
        metrics([row(label=EVIL, arm=EVIL, method=EVIL, evidence=EVIL, companion=EVIL, codes=[EVIL], kind=EVIL)]),
        metrics([row(metric=EVIL, role=EVIL, adjustment=EVIL, direction=EVIL), row(arm=EVIL)]),
        metrics([{"metric": EVIL, "error": dict.fromkeys(("title", "text", "do", "code"), EVIL)}]),
        warnings([dict.fromkeys(("severity", "code", "title", "text", "do"), EVIL)]),
        srm(arms=[{"id": EVIL, "label": EVIL, "index": 0}, {"id": "b", "label": EVIL, "index": 1}], method=EVIL),
        hte(
            divided_metric(
                divided([column(EVIL, [group(EVIL, 0.1, 0.0, 0.2), refused(EVIL, reason=EVIL)], label=EVIL)], arm=EVIL),
                divided([column(EVIL, [], p_value=None, p_value_adjusted=None, reason=EVIL)], arm=EVIL + "2"),
                metric=EVIL,
                label=EVIL,
            ),
            divided_metric(metric="b", label=EVIL, kind=EVIL),
        ),
        basics([statistics(metric=EVIL, label=EVIL, arm=EVIL, kind=EVIL)]),
        toolbox(
            {"metric": EVIL, "label": EVIL, "kind": EVIL, "rows": [tool(**dict.fromkeys(_TOOL_WORDS, EVIL))]},
            {"metric": "b", "label": EVIL, "kind": None, "rows": [tool(codes=[EVIL]), tool(arm=EVIL)]},
        ),
        timeline(
            metric=EVIL,
            label=EVIL,
            metrics=[
                {"metric": "completed", "label": EVIL, "kind": EVIL},
                {"metric": EVIL, "label": EVIL, "kind": None},
            ],
            regions=[EVIL, "b", "c", EVIL],
            arms=[{"id": EVIL, "label": EVIL, "index": 0}, {"id": EVIL, "label": EVIL, "index": 1}],
            balance=EVIL,
        ),
        timeline(balance=None, counts={EVIL: 3}, assignment=EVIL),
        acf(label=EVIL, cluster=EVIL),
        carryover(label=EVIL, kind=EVIL, status=EVIL, burn_ins=[refused_burn_in(15, EVIL)]),
        carryover(order_test={"p_value": None, "reason": EVIL, "order_min": None}),
        schedulecheck(
            status=EVIL,
            lost={EVIL: 1},
            hour_balance={"p_value": 0.5, "method": EVIL},
            units=[{"label": EVIL, "control": 1, "treatment": None}],
            examples=[EVIL],
        ),
        guideline(
            sentence=[{"text": EVIL, "strong": True}],
            steps=[step(1, **dict.fromkeys(_STEP_WORDS, EVIL), facts=[{"label": EVIL, "value": EVIL}])],
            design_yaml=EVIL,
            code=EVIL,
        ),
        simulation(
            label=EVIL,
            kind=EVIL,
            aa=simulation()["aa"] | {"text": EVIL, "status": EVIL},
            options=[option(EVIL, assignment=EVIL, regions=EVIL, time_fe=EVIL, reason=EVIL)],
        ),
        schedule(
            regions=[EVIL, "b", "c", EVIL],
            facts=[dict.fromkeys(("label", "value", "detail", "tone"), EVIL)],
            arms=[{"id": EVIL, "label": EVIL, "index": 0}, {"id": EVIL, "label": EVIL, "index": 1}],
            seed=EVIL,
        ),
        {**result(), "id": EVIL, "version": EVIL, "source": {"name": EVIL, "fingerprint": EVIL}},
        {**verdict(), "state": {"stale": {"reason": EVIL}}},
        {"schema": EVIL},
    ],
)
def test_nothing_from_the_payload_becomes_markup(payload: Payload) -> None:
    seen = Reader(page(payload, EVIL))
    assert seen.open == []
    assert not {"script", "img"} & {tag for tag, _ in seen.tags}
    assert not [name for _, attrs in seen.tags for name in attrs if name.startswith("on")]


@pytest.mark.parametrize("shown", [result, switchback_result, advice_result])
def test_the_same_payload_gives_the_same_text(shown: Callable[[], Payload]) -> None:
    assert to_html(shown()) == to_html(shown())


@pytest.mark.parametrize("shown", [result, switchback_result, advice_result])
def test_no_script_no_ids_no_headings_no_buttons(shown: Callable[[], Payload]) -> None:
    seen = Reader(to_html(shown()))
    assert not {"script", "button", "input", "h1", "h2", "h3", "h4", "h5", "h6"} & {tag for tag, _ in seen.tags}
    assert not [attrs for _, attrs in seen.tags if "id" in attrs or "name" in attrs]


@pytest.mark.parametrize("shown", [result, switchback_result, advice_result])
def test_nothing_is_fetched(shown: Callable[[], Payload]) -> None:
    assert not re.search(r"https?:|url\(|@import|\bsrc=|\bhref=", page(shown(), "Report"))


def test_the_cards_keep_the_order_given() -> None:
    ordered = to_html(result(verdict(), warnings(), metrics()))
    assert re.findall(r'data-card="(\w+)"', ordered) == ["result", "verdict", "warnings", "metrics"]


def test_without_styles_a_metric_still_says_everything() -> None:
    text = stripped(result())
    assert "Ship ETA badge" in text
    # Cells of a row come in reading order: name, drawing, uplift, reading.
    said = re.sub(r"\s+", " ", text)
    assert re.search(
        r"Booking conversion primary ↑ higher is better ·+\|·+\[━+●━+\]·* "
        r"\+2\.7% \( \+1\.3% to \+4\.1% \) ; absolute \+0\.94 pp \( \+0\.45 to \+1\.43 pp \) "
        r"Better , p < 0\.001, adj\. < 0\.001",
        said,
    )


def test_without_styles_severities_and_rules_keep_their_words() -> None:
    text = re.sub(r"\s+", " ", stripped(result()))
    assert "Warning: Fares are very skewed." in text
    assert "Passed: Sample ratio passes" in text
    assert "Note: No plan was stated" in text


def test_the_sentence_and_the_table_print_the_same_numbers() -> None:
    text = stripped(result())
    sentence = line_with(text, "rose")
    effect, lower, upper = re.findall(r"\d+\.\d%", sentence)[:3]
    assert effect == "2.7%"
    assert f"+{effect} ( +{lower} to +{upper}" in re.sub(r"\s+", " ", text)


def test_metric_rows_are_a_table_whose_roles_are_written_out() -> None:
    tags = Reader(to_html(metrics())).tags
    wanted = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    for tag, attrs in tags:
        if tag in wanted:
            assert attrs["role"] == wanted[tag]
        if tag == "th":
            assert attrs["role"] == {"col": "columnheader", "row": "rowheader"}[attrs["scope"] or ""]


def test_a_failed_row_says_why_and_leaves_the_others() -> None:
    html = to_html(metrics())
    assert "Support contacts could not be computed." in html
    assert "<code>df[&quot;support&quot;] = pd.to_numeric(" in html
    assert html.count('class="bar') == 4


def test_a_row_without_a_relative_effect_has_a_reason_and_its_absolute_effect() -> None:
    html = to_html(metrics([rows()[4]]))
    assert "No bar: A percentage needs a positive level under control; it is −1.20." in html
    assert "+0.20" in html
    assert 'class="bar' not in html


def test_when_every_row_failed_no_uplift_and_no_legend_are_shown() -> None:
    text = stripped(metrics([rows()[5]]))
    assert "could not be computed" in text
    assert "%" not in text.replace("95% interval", "")
    assert "Bars always" not in text


def test_what_stopped_every_row_is_said_once_and_each_row_is_withheld() -> None:
    html = to_html(metrics([withheld("fare"), withheld("trips"), withheld("waits")]))
    assert html.count("Arms hold 2,400") == 1
    assert html.index("Arms hold 2,400") < html.index("<table")
    assert re.findall(r'colspan="4" aria-colspan="4">(.*?)</td>', html) == ['<span class="muted">Withheld</span>'] * 3


def test_errors_that_say_different_things_stay_with_their_rows() -> None:
    other = withheld("trips", error={"code": "E_SRM", "title": "The split is off.", "text": "Arms hold 3.", "do": ""})
    html = to_html(metrics([withheld("fare"), other]))
    assert html.index("<table") < html.index("Arms hold 2,400") < html.index("Arms hold 3.")
    assert "Withheld" not in html


def test_the_legend_explains_only_what_is_drawn() -> None:
    bare = {**rows()[4], "role": "guardrail", "limit": 0.02}
    failed = {**rows()[5], **relative(0.02, 0.01, 0.03)}
    assert "Bars always" not in to_html(metrics([bare, failed]))
    legend = to_html(metrics([row(), bare])).rpartition('class="dw-key"')[2]
    assert "Bars always" in legend
    assert "guardrail" not in legend


def test_metrics_whose_labels_read_alike_show_their_raw_names() -> None:
    alike = [row(metric="a_b", label="A b"), row(metric="a b", label="A b"), row(metric="c_d", label="C d")]
    assert re.findall(r'class="name">(.*?)<', to_html(metrics(alike))) == ["a_b", "a b", "C d"]


def test_arms_of_one_metric_do_not_count_as_alike() -> None:
    html = to_html(metrics([row(), row(arm="map", arm_index=2)]))
    assert re.findall(r'class="name">(.*?)<', html) == ["Booking conversion"]


def test_a_name_of_several_lines_is_written_on_one() -> None:
    html = to_html(metrics([row(label="Trips\n\tper\r\nuser", arm="new\nbadge"), row(metric="m", arm="b")]))
    assert 'class="name">Trips per user<' in html
    assert 'aria-label="Trips per user, new badge: ' in html


def test_the_interval_that_decides_is_shown_where_it_is_another_one() -> None:
    plain, family = row(), row(**simultaneous(0.975, 0.027236, 0.0109, 0.0436))
    ends = ("effect_lower", "effect_upper", "relative_effect_lower", "relative_effect_upper")
    alone = row(**{f"{end}_simultaneous": plain[end] for end in ends}, simultaneous_level=0.95)
    assert "<dt>Interval for the decision (97.5%)</dt><dd>+1.1% to +4.4%</dd>" in to_html(metrics([family]))
    for shown in (plain, alone):
        assert "Interval for the decision" not in to_html(metrics([shown]))


def test_unclear_beside_an_interval_that_excludes_zero_is_explained() -> None:
    wide = simultaneous(0.975, 0.027236, -0.001, 0.0555)
    note = "97.5% interval includes 0"
    assert note in to_html(metrics([row(reading="unclear", **wide)]))
    for shown in (row(reading="better", **wide), rows()[1], row(reading="unclear")):
        assert note not in to_html(metrics([shown]))


def test_an_interval_that_holds_at_any_look_is_another_one_at_the_same_level() -> None:
    html = to_html(metrics([row(reading="unclear", **simultaneous(0.95, 0.027236, -0.004, 0.0585))]))
    assert "<dt>Interval for the decision (95% at any look)</dt><dd>−0.4% to +5.9%</dd>" in html
    assert "95% interval at any look includes 0" in html


def test_the_levels_of_a_row_differ_as_its_effect_does() -> None:
    html = to_html(metrics([row(kind="continuous", control_mean=104.2, treatment_mean=104.4)]))
    assert "<dt>Control mean</dt><dd>104.20</dd><dt>Badge mean</dt><dd>104.40</dd>" in html


def test_a_guardrail_is_a_diamond_and_its_uplift_is_not_coloured() -> None:
    better, guardrail = to_html(metrics([rows()[0]])), to_html(metrics([rows()[2]]))
    assert 'class="up tone"' in better
    assert 'class="up tone"' not in guardrail
    assert "dia" in re.findall(r'class="(pt[^"]*)"', guardrail)[0]


def test_variance_that_was_removed_is_said_beside_the_method() -> None:
    assert "removes 23.4% of the variance" in to_html(metrics([row(variance_reduction=0.234)]))
    for share in (None, 0.0, -0.01):
        assert "of the variance" not in to_html(metrics([row(variance_reduction=share)]))


def test_what_is_unclear_is_hollow_and_has_its_word() -> None:
    html = to_html(metrics([rows()[1]]))
    assert 'class="bar hollow"' in html
    assert "Unclear" in html


def test_each_further_arm_is_a_row_in_its_own_colour() -> None:
    other = row(arm="map", arm_index=2, **relative(0.01, -0.01, 0.03))
    html = to_html(metrics([row(), other]))
    assert re.findall(r'class="dw-forest (\w+)"', html) == ["a1", "a2"]
    assert re.findall(r'aria-label="Booking conversion, (\w+):', html) == ["badge", "map"]


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("Keep running 5 more days", {"verdict": "keep-running", "headline": "Keep running", "days_more": 5}),
        ("Invalid", {"verdict": "invalid", "headline": "Invalid", "object": None}),
        ("Inconclusive", {"verdict": "inconclusive", "headline": "Inconclusive", "object": None}),
        ("Don’t ship ETA badge", {"verdict": "dont-ship", "headline": "Don’t ship"}),
    ],
)
def test_the_verdict_is_a_word(word: str, changes: dict[str, object]) -> None:
    assert word in re.sub(r" +", " ", line_with(stripped(verdict(**changes)), word.split()[0]))


def test_an_always_valid_interval_is_named() -> None:
    assert "always-valid interval" not in to_html(verdict())
    assert "always-valid interval" in to_html(verdict(basis="always_valid"))


def test_warnings_come_worst_first() -> None:
    items = [{"severity": each, "code": each, "title": each} for each in ("info", "error", "warning")]
    text = stripped(warnings(items))
    assert "1 error, 1 warning, 1 note · 14 checks ran" in text
    assert re.findall(r"(Error|Warning|Note): ", text) == ["Error", "Warning", "Note"]


def test_no_warning_says_how_many_checks_ran() -> None:
    assert "No warnings. 14 checks ran." in stripped(warnings([]))


def test_a_stale_card_says_so_and_keeps_its_numbers() -> None:
    text = stripped({**metrics(), "state": {"stale": {"reason": "df has 4,120 more rows."}}})
    assert "Out of date. df has 4,120 more rows." in re.sub(r"\s+", " ", text)
    assert "+2.7%" in text


def test_a_card_of_another_version_says_so() -> None:
    assert "dw.metrics/999" in stripped(result(verdict(), {"schema": "dw.metrics/999"}))
