"""Text for terminals: the sentence, and columns that stand under their names."""

from __future__ import annotations

from decision_widgets.views.text import to_text
from tests.views.payloads import metrics, result, row, verdict


def test_the_verdict_comes_first_then_its_sentence() -> None:
    first, second = to_text(result()).splitlines()[:2]
    assert first == "Ship ETA badge"
    assert second.startswith("Booking conversion rose 2.7% (95% interval 1.3% to 4.1%)")


def test_columns_are_aligned() -> None:
    header, *lines = to_text(metrics()).splitlines()
    readings = {
        line: line.index(word) for line in lines for word in ("Better", "Unclear", "Within", "Limit") if word in line
    }
    assert len(readings) == 5
    assert set(readings.values()) == {header.index("Reading")}


def test_a_row_says_all_its_numbers() -> None:
    line = to_text(metrics()).splitlines()[1]
    for said in (
        "Booking conversion",
        "+2.7%",
        "+1.3% to +4.1%",
        "+0.94\u00a0pp (+0.45 to +1.43\u00a0pp)",
        "<\u00a00.001",
    ):
        assert said in line


def test_arms_are_named_only_when_there_are_several() -> None:
    assert "Arm" not in to_text(metrics())
    assert "Arm" in to_text(metrics([row(), row(arm="map", arm_index=2)]))


def test_a_failed_row_is_a_sentence() -> None:
    assert "Support contacts could not be computed." in to_text(metrics())


def test_warnings_say_what_to_do() -> None:
    assert "W_SKEW  Fares are very skewed. The interval is valid, but wide. Do: cap the metric by plan." in to_text(
        result()
    )


def test_another_version_is_not_an_error() -> None:
    assert "dw.verdict/9" in to_text({**verdict(), "schema": "dw.verdict/9"})
