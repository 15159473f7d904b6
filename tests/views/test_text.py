"""Text for terminals: the sentence, and columns that stand under their names."""

from __future__ import annotations

from decision_widgets.views.text import to_text
from tests.views.payloads import metrics, result, row, simultaneous, verdict, withheld


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


def test_a_name_of_several_lines_stays_in_its_row() -> None:
    lines = to_text(metrics([row(label="Trips\nper\tuser\x1b[31m"), row(metric="m", label="M")])).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("Trips per user [31m  +2.7%")


def test_labels_that_read_alike_are_told_apart() -> None:
    lines = to_text(metrics([row(metric="a_b", label="A b"), row(metric="a b", label="A b")])).splitlines()
    assert [line[:3] for line in lines[1:]] == ["a_b", "a b"]


def test_what_stopped_every_row_is_said_once() -> None:
    said = to_text(metrics([withheld("fare"), withheld("trips")])).splitlines()
    assert said == [
        "The split is not the planned 50/50. Arms hold 2,400 and 1,600 participants, so results can’t be trusted.",
        "Withheld: fare, trips.",
    ]


def test_the_interval_that_decides_is_named_when_it_overrules_the_one_shown() -> None:
    shown = row(reading="unclear", **simultaneous(0.975, 0.027, -0.001, 0.055))
    assert "Unclear (97.5% interval includes 0)" in to_text(metrics([shown]))
