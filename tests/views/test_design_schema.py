"""What the design widget shows keeps to its schema, whatever was typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import decision_widgets as dw
from decision_widgets.views.schemas import json_schema


def check(payload: dict[str, Any]) -> None:
    known = [json_schema("dw.design/1"), json_schema("dw.card/1")]
    registry = Registry().with_resources(
        (each["$id"], Resource.from_contents(each)) for each in known if each is not None
    )
    Draft202012Validator(known[0], registry=registry).validate(json.loads(json.dumps(payload, allow_nan=False)))


@pytest.mark.parametrize(
    "made",
    [
        lambda: dw.DesignWidget(),
        lambda: dw.DesignWidget(dw.examples.ride_hailing(riders=200)),
        lambda: dw.DesignWidget.of(
            dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked"])
        ),
        lambda: dw.DesignWidget.of(
            dw.Switchback(time="at", slot="1h", burn_in="15min", region="city", metrics=["completed"])
        ),
    ],
)
def test_a_form_keeps_to_its_schema(made: Any) -> None:
    widget = made()
    check(widget.payload)
    widget.close()
