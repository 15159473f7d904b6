"""Every record is frozen, slotted and knows its own names."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest
from made import design, experiment

import decision_widgets as dw
from decision_widgets.records import Record

ROOMS = ("checks", "records", "vocabulary", "moments", "data", "design", "estimates", "results", "analysis", "examples")


def every_dataclass() -> list[type]:
    found: dict[str, type] = {}
    for room in ROOMS:
        module = importlib.import_module(f"decision_widgets.{room}")
        inner = pkgutil.walk_packages(getattr(module, "__path__", []), f"{module.__name__}.")
        for each in [module, *(importlib.import_module(item.name) for item in inner)]:
            for thing in vars(each).values():
                if isinstance(thing, type) and is_dataclass(thing) and thing.__module__.startswith("decision_widgets"):
                    found[f"{thing.__module__}.{thing.__qualname__}"] = thing
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("record", every_dataclass(), ids=lambda record: record.__qualname__)
def test_a_record_is_frozen_and_slotted(record: Any) -> None:
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


def test_the_records_of_the_house_are_found() -> None:
    names = {record.__name__ for record in every_dataclass()}
    assert {"Metric", "BetweenSubject", "EffectEstimate", "Moments", "ArmMoments", "Judgement", "Reading"} <= names


def records_in(value: Any) -> list[Record]:
    if isinstance(value, dict):
        return [record for item in value.values() for record in records_in(item)]
    if isinstance(value, tuple):
        return [record for item in value for record in records_in(item)]
    if not isinstance(value, Record):
        return []
    inner = (getattr(value, field.name) for field in fields(value))
    return [value, *(record for item in inner for record in records_in(item))]


def test_every_record_inside_a_result_survives_its_plain_form_and_cannot_be_changed() -> None:
    records = records_in(dw.analyze(experiment(40), design("spend", dw.Metric("trips", role="guardrail", limit=0.1))))
    assert len({type(record) for record in records}) >= 10
    for record in records:
        assert type(record).from_dict(record.to_dict()) == record
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            setattr(record, fields(record)[0].name, None)
        with pytest.raises((AttributeError, TypeError)):
            record.surprise = 1
