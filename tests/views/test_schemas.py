"""The JSON Schemas beside the views: they are schemas, every payload keeps to its own, and a broken one does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, ValidationError
from made import CONTROL, TREATMENT, design, experiment, power_advice, running
from referencing import Registry, Resource

import decision_widgets as dw
from decision_widgets import vocabulary
from decision_widgets.cards.base import _registry
from decision_widgets.views.schemas import json_schema, view_of
from tests.views import payloads

SEGMENTED = {"segments": ["city"], "strata": ["platform"]}


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


def frame(participants: int = 900, arms: int = 2) -> Any:
    made = experiment(participants, arms=arms, effect=1.0)
    who = made.user - 1000
    city = who.map(lambda n: ("Hanoi", "Manila")[n % 2])
    return made.assign(city=city, platform=who.map(lambda n: ("iOS", "web")[n % 3 // 2]), constant=1.0, text="a")


def results() -> Iterator[tuple[str, dict[str, Any]]]:
    every = (
        dw.Metric("spend", minimum_effect=0.01), "paid", dw.Metric("trips", role="secondary"),
        dw.Metric("rate", numerator="clicks", denominator="views", role="guardrail", limit=0.3),
        dw.Metric("constant", role="secondary"), dw.Metric("text", role="secondary"),
    )  # fmt: skip
    yield "every kind", dw.analyze(frame(), design(*every, **SEGMENTED)).to_payload()
    methods = ["student", "quantiles", "ks", "equivalence", "proportions", "joint", "all_pairs", "paired_t", "logit"]
    yield (
        "three arms",
        dw.analyze(frame(arms=3), design("spend", "paid", segments=["city"]), methods=methods).to_payload(),
    )
    yield "nothing read", dw.analyze(frame(), design("spend"), methods=[]).to_payload()
    uneven = {"arms": {CONTROL: 0.9, TREATMENT: 0.1}, "segments": ["city"]}
    yield "invalid", dw.analyze(frame(), design("spend", **uneven)).to_payload()
    yield "refused", dw.analyze(experiment(4), design()).to_payload()
    planned = {"time": "time", "planned_days": 28, "planned_participants": 9000}
    yield "running", dw.analyze(running(), design("spend", **planned)).to_payload()
    watched = design("spend", dw.Metric("trips", role="guardrail", limit=0.1), time="time", segments=["city"])
    yield "looks", dw.monitor(running(), watched).to_payload()
    broken = running()
    broken = broken[~((broken.variant == TREATMENT) & (broken.city == "Hanoi") & (broken.user % 2 == 0))]
    yield "looks at a broken split", dw.monitor(broken, watched).to_payload()
    for kind in ("typed", "no-days", "drop", "absolute", "guardrail"):
        yield f"advice, {kind}", power_advice(kind).to_payload()


@pytest.mark.parametrize("payload", [pytest.param(payload, id=name) for name, payload in results()])
def test_every_payload_keeps_to_its_schema(payload: dict[str, Any]) -> None:
    check(json.loads(json.dumps(payload, allow_nan=False)))


@pytest.mark.parametrize("stem", ["verdict", "metrics", "warnings", "srm", "hte", "basics", "toolbox", "monitoring"])
def test_the_examples_of_the_tests_keep_to_their_schemas(stem: str) -> None:
    check(getattr(payloads, stem)())


@pytest.mark.parametrize("state", ["ready", "empty", {"stale": {"reason": "df has 3 more rows."}},
                                   {"progress": {"done": 2, "total": 9}}, {"loading": {"text": "Reading df"}},
                                   {"error": {"code": "E", "title": "No.", "text": "Why.", "do": "mend"}}])  # fmt: skip
def test_every_state_is_known(state: Any) -> None:
    check(payloads.srm(state=state))


@pytest.mark.parametrize(
    "broken",
    [
        payloads.verdict(verdict="maybe"),
        payloads.verdict(sentence="words"),
        payloads.metrics([payloads.row(effect=None)]),
        payloads.metrics([payloads.row(p_value=1.5)]),
        payloads.metrics([payloads.row(error={"code": "E"}, effect=None)]),
        payloads.srm(observed=[-1, 3]),
        payloads.srm(state={"broken": {}}),
        {key: value for key, value in payloads.warnings().items() if key != "items"},
    ],
)
def test_a_broken_payload_does_not(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check(broken)


def test_every_card_has_a_schema_that_is_one() -> None:
    assert all(json_schema(schema) is not None for schema in _registry)
    for name, schema in schemas().items():
        Draft202012Validator.check_schema(schema)
        stem = name.split(":")[2]
        assert stem == "card" or view_of(f"dw.{stem}/1") is not None


@pytest.mark.parametrize("schema", ["dw.verdict/999", "dw.nothing/1", "verdict", "dw.../1"])
def test_what_is_not_known_has_no_schema(schema: str) -> None:
    assert json_schema(schema) is None


def test_the_words_are_those_of_the_vocabulary() -> None:
    properties = {name.split(":")[2]: schema["properties"] for name, schema in schemas().items()}
    assert properties["verdict"]["verdict"]["enum"] == list(get_args(vocabulary.Verdict))
    assert properties["monitoring"]["verdict"]["enum"] == list(get_args(vocabulary.MonitoringVerdict))
    row = properties["metrics"]["rows"]["items"]
    assert row["properties"]["role"]["enum"] == list(get_args(vocabulary.Role))
    assert row["properties"]["kind"]["enum"] == [*get_args(vocabulary.Kind), None]
    assert row["anyOf"][0]["properties"]["reading"]["enum"] == [*get_args(vocabulary.Reading), None]
