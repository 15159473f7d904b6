"""A metric: what it accepts."""

from __future__ import annotations

from typing import Any

import pytest

import decision_widgets as dw


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": ""}, "name must be a name"),
        ({"name": 5}, "name must be a name"),
        ({"kind": "bool"}, "kind must be one of"),
        ({"role": "gardrail"}, "Did you mean 'guardrail'"),
        ({"direction": "up"}, "direction must be one of 'increase', 'decrease'"),
        ({"numerator": "x"}, "go together"),
        ({"denominator": "x"}, "go together"),
        ({"numerator": "x", "denominator": "y", "kind": "count"}, "is a ratio; kind says 'count'"),
        ({"kind": "ratio"}, "needs numerator= and denominator="),
        ({"limit": 0.02}, "limit belongs to a guardrail"),
        ({"role": "guardrail", "limit": -0.02}, "limit must be 0 or a number"),
        ({"minimum_effect": float("inf")}, "minimum_effect must be 0 or a number"),
        ({"covariates": [1]}, "covariates must be a list of names"),
    ],
)
def test_a_wrong_word_is_one_clear_error(words: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError, match=said):
        dw.Metric(**({"name": "fare"} | words))


def test_two_columns_make_a_ratio() -> None:
    assert dw.Metric("rate", numerator="x", denominator="y").kind == "ratio"


@pytest.mark.parametrize(
    "metric",
    [
        dw.Metric("fare"),
        dw.Metric("rate", numerator="x", denominator="y", role="guardrail", direction="decrease", limit=0.1),
        dw.Metric("fare", kind="count", minimum_effect=0.05, covariates=("pre",)),
    ],
)
def test_a_metric_survives_its_plain_form(metric: dw.Metric) -> None:
    assert dw.Metric.from_dict(metric.to_dict()) == metric


def test_the_label_is_for_readers() -> None:
    assert dw.Metric("cancel_rate").label == "Cancel rate"
