"""Payloads held against the JSON Schemas beside the views."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from decision_widgets.views.schemas import json_schema


def schemas() -> dict[str, dict[str, Any]]:
    found = (json.loads(file.read_text("utf-8")) for file in files("decision_widgets.views").iterdir()
             if file.name.endswith(".schema.json"))  # fmt: skip
    return {each["$id"]: each for each in found}


REGISTRY: Registry[Any] = Registry().with_resources((name, Resource.from_contents(s)) for name, s in schemas().items())


def check(payload: dict[str, Any]) -> None:
    """Hold a payload, and every card in it, against its schema."""
    schema = json_schema(payload["schema"])
    assert schema is not None, payload["schema"]
    Draft202012Validator(schema, registry=REGISTRY).validate(payload)
    for card in payload.get("cards", ()):
        check(card)
