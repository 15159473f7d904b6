"""The words of a metric row."""

from __future__ import annotations

import pytest

from decision_widgets.views.readings import READINGS, labelled, limit_text, row_text, shared_error
from decision_widgets.views.schemas import Payload
from decision_widgets.vocabulary import Reading
from tests.views.payloads import row, rows, simultaneous


def test_every_reading_of_the_vocabulary_has_its_word() -> None:
    assert set(READINGS) == set(Reading.__args__)
    assert [each.word for each in READINGS.values()] == [
        *("Better", "Worse", "Unclear", "Within limit", "Limit not ruled out", "Past the limit"),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (rows()[0], None),
        (rows()[2], "no more than 5% worse. The worst end of the interval is +2.7%, inside the limit."),
        (rows()[3], "no more than 2% worse. The worst end of the interval is +2.5%, past the limit, so harm is not"),
        (
            row(role="guardrail", limit=0.29, reading="within_limit"),
            "no more than 29% worse. The worst end of the interval is +1.3%, inside the limit.",
        ),
    ],
)
def test_a_limit_is_compared_with_the_end_that_could_harm(given: Payload, said: str | None) -> None:
    text = limit_text(given)
    assert text is None if said is None else said in (text or "")


def test_one_sided_intervals_are_said_in_words() -> None:
    text = row_text(row(relative_effect_upper=None, effect_upper=None))
    assert text.relative is not None
    assert text.absolute is not None
    assert text.relative.interval == "at least +1.3%"
    assert text.absolute.interval == "at least +0.45\u00a0pp"


def test_a_missing_adjustment_is_not_said() -> None:
    assert row_text(row(p_value_adjusted=None)).p_text == "p\u00a0<\u00a00.001"


def test_a_limit_is_compared_with_the_interval_that_decides() -> None:
    guardrail = row(role="guardrail", limit=0.011, reading="limit_not_ruled_out")
    text = limit_text({**guardrail, **simultaneous(0.975, 0.027, -0.0121, 0.0431)})
    assert text is not None
    assert "The worst end of the interval is −1.2%, past the limit" in text


def test_the_end_of_a_one_sided_interval_is_a_number() -> None:
    text = limit_text(row(role="guardrail", limit=0.29, reading="within_limit", relative_effect_upper=None))
    assert text is not None
    assert "is +1.3%, inside" in text


def test_names_that_differ_only_in_white_space_are_told_apart() -> None:
    assert [each["label"] for each in labelled([row(metric="a b"), row(metric="a\tb")])] == ["'a b'", "'a\\tb'"]


def test_a_metric_without_a_visible_name_still_has_one() -> None:
    assert row_text(row(metric=" ", label="\n")).label == "' '"


def test_an_error_is_shared_only_when_every_row_says_it() -> None:
    failed = rows()[5]
    assert shared_error([failed, failed]) == failed["error"]
    assert shared_error([failed, row()]) is None
    assert shared_error([]) is None
