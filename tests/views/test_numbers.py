"""Numbers as people read them: enough digits to tell two levels apart, none that say nothing."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.numbers import NOT_AVAILABLE, absolute, level, levels, relative, worst_end

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("control", "treatment", "kind", "said"),
    [
        (104.2, 104.4, "continuous", ("104.20", "104.40")),
        (5.104, 5.21, "continuous", ("5.10", "5.21")),
        (1234.56, 1240.0, "count", ("1,234.6", "1,240.0")),
        (9.5, 10.5, "continuous", ("9.50", "10.50")),
        (0.00123, 1500.0, "continuous", ("0.00123", "1,500")),
        (0.345377, 0.354784, "binary", ("34.54%", "35.48%")),
        (0.3, 0.30004, "binary", ("30.0000%", "30.0040%")),
        (0.0, 0.02, "continuous", ("0.0000", "0.0200")),
        (-1.2, -1.0, "continuous", ("−1.20", "−1.00")),
        (2.0, 2.0, "continuous", ("2.00", "2.00")),
    ],
)
def test_two_levels_differ_as_the_effect_does(control: float, treatment: float, kind: str, said: object) -> None:
    assert levels(control, treatment, kind) == said


@pytest.mark.parametrize("noise", [5e-13 * 5.1, -3e-17, 0.0])
def test_a_level_that_is_noise_beside_the_other_is_zero(noise: float) -> None:
    assert levels(noise, 5.1, "continuous") == ("0.00", "5.10")
    assert levels(5.1, noise, "continuous") == ("5.10", "0.00")


def test_levels_that_differ_by_noise_are_the_same_number() -> None:
    assert levels(0.1 + 0.2, 0.3, "continuous") == ("0.300", "0.300")


def test_two_tiny_levels_share_their_power_of_ten() -> None:
    assert levels(9.96e-9, 1.02e-8, "continuous") == (f"0.996{NBSP}×{NBSP}10⁻⁸", f"1.020{NBSP}×{NBSP}10⁻⁸")


@pytest.mark.parametrize("value", [9.96e-9, -9.96e-9, 9.9e-5, 3.1e-12])
def test_nobody_has_to_count_zeros(value: float) -> None:
    assert re.fullmatch(rf"−?\d\.\d\d{NBSP}×{NBSP}10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+", level(value, "continuous"))
    assert not re.search(r"0\.00000", absolute(value, value / 2, value * 2, "continuous").interval)


def test_no_number_has_more_than_twelve_decimals() -> None:
    texts = [*levels(1.0, 1.0 + 2e-12, "continuous"), *levels(0.5, 0.5 + 2e-12, "binary")]
    texts += absolute(2.0, 2.0 - 1e-15, 2.0 + 1e-15, "continuous")
    assert all(len(decimals) <= 12 for text in texts for decimals in re.findall(r"\.(\d+)", text))


def test_a_level_that_is_only_rounding_error_is_zero() -> None:
    assert level(-2.8e-17, "continuous") == "0.00"
    assert level(1e-17, "binary") == "0.00%"


def test_a_rare_event_is_not_said_to_be_absent() -> None:
    assert level(3.1e-6, "binary") == "0.00031%"


@pytest.mark.parametrize(
    ("effect", "lower", "upper", "kind"),
    [
        (0.027236, 0.0129919, 0.0414801, None),
        (0.051, 0.0488, 0.0532, "binary"),
        (3e-9, 1e-9, 5e-9, "continuous"),
        (0.11, -0.02, 0.24, "continuous"),
    ],
)
def test_one_end_reads_as_it_does_in_its_interval(effect: float, lower: float, upper: float, kind: str | None) -> None:
    whole = relative(effect, lower, upper) if kind is None else absolute(effect, lower, upper, kind)
    unit = "" if kind is None else "".join(re.findall(rf"{NBSP}.*$", whole.interval))
    first, last = whole.interval.removesuffix(unit).split(" to ")
    assert worst_end(effect, lower, upper, kind) == first + unit
    assert worst_end(effect, lower, upper, kind, "upper") == last + unit


def test_one_end_has_its_unit() -> None:
    assert worst_end(0.06, 0.051, 0.069, "binary") == f"+5.10{NBSP}pp"
    assert worst_end(0.02, 0.009, 0.031) == "+0.9%"


def test_an_open_end_is_said_to_be_missing() -> None:
    assert worst_end(0.02, 0.009, None, which="upper") == NOT_AVAILABLE
