"""What the window before removes is what the regression of the analysis removes on participants who were not fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import previous_window_reduction
from decision_widgets.moments import PreviousWindow


def half(which: int, m: np.ndarray, s: np.ndarray, x: np.ndarray, known: np.ndarray) -> PreviousWindow:
    x = np.where(known > 0, x, 0.0)
    parts = {"x": x, "m": m, "s": s, "_known": known}
    names = ("x", "x2", "m", "mx", "m_known", "mx2", "s", "sx", "s_known", "s2", "ms", "msx", "ms_known", "m2", "m2x")
    sums: dict[str, Any] = {}
    for name in (*names, "m2_known", "m2x2"):
        product = np.ones_like(m)
        rest = name
        for symbol in ("_known", "m", "s", "x"):
            if symbol in rest:
                power = 2 if f"{symbol}2" in rest else 1
                product = product * parts[symbol] ** power
                rest = rest.replace(f"{symbol}2", "").replace(symbol, "")
        assert not rest
        sums[f"sum_{name}"] = float(product.sum())
    return PreviousWindow(days=7, half=which, n_participants=len(m), n_known=int(known.sum()), **sums)


def people(n: int, rng: np.random.Generator, *, share_known: float = 0.8, link: float = 0.7) -> list[np.ndarray]:
    taste = rng.normal(0, 1, n)
    m = 1.0 + rng.poisson(3, n)
    s = m * (1 + link * taste) + rng.normal(0, 1, n) * np.sqrt(m)
    x = taste + rng.normal(0, 0.4, n)
    return [m, s, x, (rng.random(n) < share_known).astype(float)]


def by_hand(learnt: list[np.ndarray], judged: list[np.ndarray]) -> tuple[float, float]:
    """Fit observation rows on one half, take participants' total errors on the other."""
    m, s, x, known = learnt
    z = np.column_stack([np.ones_like(m), np.where(known > 0, x, 0), known])
    root = np.sqrt(m)
    beta = np.linalg.lstsq(z * root[:, None], s / root, rcond=None)[0]
    m2, s2, x2, known2 = judged
    z2 = np.column_stack([np.ones_like(m2), np.where(known2 > 0, x2, 0), known2])
    level = s.sum() / m.sum()
    return float(((s2 - m2 * (z2 @ beta)) ** 2).sum()), float(((s2 - level * m2) ** 2).sum())


def test_it_is_the_regression_of_rows_judged_on_the_other_half() -> None:
    rng = np.random.default_rng(2)
    first, second = people(500, rng), people(400, rng)
    left, total = (sum(pair) for pair in zip(by_hand(first, second), by_hand(second, first), strict=True))
    found = previous_window_reduction([half(0, *first), half(1, *second)])
    assert found == pytest.approx(1 - left / total, rel=1e-10)
    assert 0.3 < found < 0.9


def test_of_a_ratio_participants_count_once() -> None:
    rng = np.random.default_rng(3)
    first, second = people(500, rng), people(500, rng)

    def errors(learnt: list[np.ndarray], judged: list[np.ndarray]) -> tuple[float, float]:
        m, s, x, known = learnt
        level = s.sum() / m.sum()
        z = np.column_stack([np.ones_like(m), np.where(known > 0, x, 0), known])
        beta = np.linalg.lstsq(z, s - level * m, rcond=None)[0]
        m2, s2, x2, known2 = judged
        z2 = np.column_stack([np.ones_like(m2), np.where(known2 > 0, x2, 0), known2])
        e = s2 - level * m2
        return float(((e - z2 @ beta) ** 2).sum()), float((e**2).sum())

    left, total = (sum(pair) for pair in zip(errors(first, second), errors(second, first), strict=True))
    found = previous_window_reduction([half(0, *first), half(1, *second)], ratio=True)
    assert found == pytest.approx(1 - left / total, rel=1e-10)


@pytest.mark.parametrize("share_known", [0.0, 1.0])
def test_newcomers_only_or_none_need_no_indicator(share_known: float) -> None:
    rng = np.random.default_rng(4)
    halves = [half(which, *people(600, rng, share_known=share_known)) for which in (0, 1)]
    found = previous_window_reduction(halves)
    assert found == pytest.approx(0, abs=1e-9) if share_known == 0 else found > 0.3


def test_a_past_that_predicts_nothing_is_not_credited() -> None:
    rng = np.random.default_rng(5)
    found = previous_window_reduction([half(which, *people(40, rng, link=0.0)) for which in (0, 1)])
    assert found < 0.1


def test_the_halves_may_change_places_and_the_unit_may_change() -> None:
    rng = np.random.default_rng(6)
    first, second = people(300, rng), people(300, rng)
    plain = previous_window_reduction([half(0, *first), half(1, *second)])
    assert previous_window_reduction([half(1, *second), half(0, *first)]) == pytest.approx(plain)
    scaled = [[m, 100 * s, 7 * x, known] for m, s, x, known in (first, second)]
    assert previous_window_reduction([half(i, *part) for i, part in enumerate(scaled)]) == pytest.approx(plain)


def test_too_little_is_refused() -> None:
    rng = np.random.default_rng(7)
    fine = half(0, *people(30, rng))
    with pytest.raises(InputError, match="two halves"):
        previous_window_reduction([fine])
    with pytest.raises(InputError, match="at least 3 participants"):
        previous_window_reduction([fine, replace(fine, n_participants=2)])
    ones = np.ones(10)
    with pytest.raises(InputError, match="varies"):
        previous_window_reduction([half(which, ones, 0 * ones, ones, ones) for which in (0, 1)])
