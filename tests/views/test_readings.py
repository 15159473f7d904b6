"""The words of a metric row."""

from __future__ import annotations

import pytest

from decision_widgets.views.readings import READINGS, limit_text, row_text
from decision_widgets.views.schemas import Payload
from decision_widgets.vocabulary import Reading
from tests.views.payloads import row, rows


def test_every_reading_of_the_vocabulary_has_its_word() -> None:
    assert set(READINGS) == set(Reading.__args__)  # type: ignore[attr-defined]
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
