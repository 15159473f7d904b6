"""The JSON Schemas beside the views: they are schemas, every payload keeps to its own, and a broken one does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import Any, get_args

import pytest
from against_schema import check, schemas
from jsonschema import Draft202012Validator, ValidationError
from made import CONTROL, TREATMENT, design, experiment, power_advice, running, slots_design, trips
from switchback_history import history, switchback

import decision_widgets as dw
from decision_widgets import vocabulary
from decision_widgets.cards.base import _registry
from decision_widgets.estimates.switchback_power import AaStatus
from decision_widgets.results.guideline_records import StepStatus
from decision_widgets.results.switchback_records import CarryoverStatus, ScheduleStatus
from decision_widgets.views.schemas import json_schema, view_of
from tests.views import payloads, switchback_payloads

SEGMENTED = {"segments": ["city"], "strata": ["platform"]}


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


def switchback_result() -> dw.SwitchbackResult:
    every = (
        "fare", dw.Metric("rate", numerator="done", denominator="km", role="secondary"),
        dw.Metric("trips", numerator="done", denominator="at", role="secondary"),
        dw.Metric("wait", role="guardrail", direction="decrease", limit=0.3), dw.Metric("text", role="secondary"),
    )  # fmt: skip
    design = slots_design(*every, segments=["rain"])
    planned = dw.schedule(design, start="2026-11-02", days=14, regions=["Central", "North"], seed=1)
    return dw.analyze(trips(design, history=14, effect=0.5).assign(text="a"), design.with_schedule(planned))


def invalid_switchback() -> dw.SwitchbackResult:
    design = slots_design(segments=["rain"])
    planned = dw.schedule(design, start="2026-11-02", days=14, regions=["Central", "North"], seed=2)
    return dw.analyze(trips(design, effect=1.2), design.with_schedule(planned))


def lost_slots() -> dw.SwitchbackResult:
    design = slots_design()
    frame = trips(design)
    return dw.analyze(frame[(frame["at"].dt.hour // 2 != 3) | (frame["at"].dt.day % 3 > 0)], design)


def asked(others: Sequence[str] = (), **words: Any) -> dw.SwitchbackAdvice:
    metrics = ["y", dw.Metric("r", numerator="done", denominator="size", role="secondary")]
    design, *alternatives = (switchback(metrics=metrics, interference=True, slot=slot) for slot in ("2h", *others))
    return dw.advise(design, history(), alternatives=alternatives, **words)


def cancelled() -> dw.SwitchbackAdvice:
    return asked(draws=20_000, progress=lambda p: (p.share or 0) > 0.02 and p.stage.startswith("Simul"))


SWITCHBACKS: dict[str, Callable[[], Any]] = {
    "history, segments and a guardrail": switchback_result,
    "invalid": invalid_switchback,
    "without regions": lambda: dw.analyze(trips(lone := slots_design(region=None)), lone),
    "few units": lambda: dw.analyze(trips(few := slots_design(assignment="days", slot="1d"), days=4), few),
    "stretches": lambda: dw.analyze(trips(far := slots_design(assignment="minimax", carryover="4h")), far),
    "lost slots": lost_slots,
    "advice": lambda: asked(draws=50),
    "advice, an effect asked for": lambda: asked(["2d", "10d"], draws=50, effect=0.02),
    "advice, cancelled": cancelled,
    "advice, a short history": lambda: dw.advise(switchback(), history(10), draws=50),
    "advice, a slot longer than the run": lambda: dw.advise(switchback(slot="10d"), history(), days=7, draws=50),
}  # fmt: skip


@pytest.mark.parametrize("made", [pytest.param(made, id=name) for name, made in SWITCHBACKS.items()])
def test_every_payload_of_a_switchback_keeps_to_its_schema(made: Callable[[], Any]) -> None:
    check(json.loads(json.dumps(made().to_payload(), allow_nan=False)))


def test_switchbacks_show_every_card_and_what_is_withheld_is_nowhere() -> None:
    both = switchback_result().to_payload(), asked(draws=50).to_payload()
    stems = {card["schema"] for payload in both for card in payload["cards"]}
    new = ("timeline", "acf", "carryover", "schedulecheck", "guideline", "simulation", "schedule")
    assert {f"dw.{stem}/1" for stem in new} <= stems
    withheld = [card for card in invalid_switchback().to_payload()["cards"] if card.get("withheld")]
    assert "dw.timeline/1" in {card["schema"] for card in withheld}


@pytest.mark.parametrize(
    "payload",
    [
        *(
            pytest.param(getattr(switchback_payloads, name)(), id=name)
            for name in (
                "timeline",
                "timeline_with_gaps",
                "withheld_timeline",
                "acf",
                "carryover",
                "withheld_carryover",
                "schedulecheck",
                "guideline",
                "simulation",
                "working_simulation",
                "schedule",
                "switchback_verdict",
                "switchback_metrics",
                "switchback_warnings",
                "switchback_hte",
                "switchback_basics",
                "switchback_result",
                "advice_result",
            )
        ),
    ],
)
def test_the_examples_of_switchbacks_keep_to_their_schemas(payload: dict[str, Any]) -> None:
    check(payload)


def test_a_schedule_that_could_not_be_drawn_keeps_to_its_schema() -> None:
    told = {"severity": "error", "code": None, "title": "No schedule could be drawn.", "text": "Why.", "do": ""}
    check(switchback_payloads.schedule(state={"error": told}, regions=[], served=[], blocks=[], facts=[]))


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
        switchback_payloads.timeline(withheld=True),
        switchback_payloads.timeline(served=["01x"]),
        switchback_payloads.timeline(start="2 November"),
        switchback_payloads.acf(crit=None),
        switchback_payloads.carryover(withheld=True),
        switchback_payloads.carryover(status="fine"),
        switchback_payloads.carryover(burn_ins=[switchback_payloads.burn_in(0, 0.1, 0.0, 0.2, effect=None)]),
        switchback_payloads.carryover(burn_ins=[switchback_payloads.refused_burn_in(0, "few") | {"reason": None}]),
        switchback_payloads.schedulecheck(lost={"control": 1}),
        switchback_payloads.schedulecheck(mismatch_share=1.5),
        switchback_payloads.guideline(steps=[switchback_payloads.step(1, status="late")]),
        switchback_payloads.simulation(kind="share"),
        switchback_payloads.simulation(options=[switchback_payloads.option("a", detectable=None)]),
        switchback_payloads.simulation(options=[switchback_payloads.option("a", reason="None.")]),
        switchback_payloads.schedule(slot_min=0),
        payloads.basics(units=3),
        payloads.hte(units=None),
    ],
)
def test_a_broken_payload_does_not(broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check(broken)


def test_every_view_has_a_schema_beside_it() -> None:
    shown = {view.schema for file in files("decision_widgets.views").iterdir()
             if (view := view_of(f"dw.{file.name.removesuffix('.py')}/1")) is not None}  # fmt: skip
    assert shown == {schema for schema in shown if json_schema(schema) is not None}
    assert {"dw.timeline/1", "dw.verdict/1"} <= shown


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
    shared = json_schema("dw.card/1")
    assert shared is not None
    assert shared["$defs"]["kind"]["enum"] == [*get_args(vocabulary.Kind), None]
    assert shared["$defs"]["assignment"]["enum"] == list(get_args(vocabulary.Assignment))
    assert properties["carryover"]["status"]["enum"] == list(get_args(CarryoverStatus))
    assert properties["schedulecheck"]["status"]["enum"] == list(get_args(ScheduleStatus))
    steps = properties["guideline"]["steps"]["items"]["properties"]
    assert steps["status"]["enum"] == list(get_args(StepStatus))
    assert properties["simulation"]["aa"]["properties"]["status"]["enum"] == list(get_args(AaStatus))
    option = properties["simulation"]["options"]["items"]["properties"]
    assert option["regions"]["enum"] == list(get_args(vocabulary.Regions))
    assert option["time_fe"]["enum"] == list(get_args(vocabulary.TimeEffects))
