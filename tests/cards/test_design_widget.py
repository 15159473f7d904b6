"""The widget that designs an experiment: form → design → code → design, messages, traits, and hostile names."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import traitlets
from IPython.core.interactiveshell import InteractiveShell

import decision_widgets as dw
from decision_widgets.cards.design_form import completed, design_of, empty_form, form_of, metric_form
from decision_widgets.cards.design_messages import messages_of
from decision_widgets.cards.design_texts import effect_of, effect_text, share_of, share_text
from decision_widgets.cards.design_widget import DesignWidget
from decision_widgets.errors import InputError
from decision_widgets.magic import DecisionMagics
from decision_widgets.views.text import to_text

HOSTILE = (
    '<img src=x onerror="boom()">', '"; drop table riders; --', "x" * 300, "שלום עולם", "🚕", "a\nb\x85\x07\u2028",
    "yes", "null", "1", "# c", "{a: b}", "\'\'\'", "\\",
)  # fmt: skip
BETWEEN = (
    dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked"]),
    dw.BetweenSubject(
        participant=None, arm="v", control="off", arms={"off": 1 / 3, "on": 1 / 3, "more": 1 / 3}, name="badge",
        metrics=[
            dw.Metric("booked", minimum_effect=0.02, covariates=["before", "age"], kind="binary"),
            dw.Metric("fare", role="secondary", direction="decrease"),
            dw.Metric("cancel", numerator="cancelled", denominator="booked", role="guardrail", limit=0.0712345678),
            dw.Metric("wait", role="guardrail", direction="decrease", limit=0.05, minimum_effect=0.01),
        ],
        time="time", strata=["city"], segments=["platform"], alpha=0.1, power=0.9, missing="drop", dependent=True,
        planned_participants=41133, planned_days=14, monitoring={"rule": "obf", "looks": 4},
    ),
    dw.BetweenSubject(participant="id", arm="arm", control="1", arms={"1": 0.123456, "2": 0.876544}, metrics=["y"]),
)  # fmt: skip


def switchbacks() -> list[dw.Switchback]:
    plain = dw.Switchback(time="at", slot="2h", metrics=["completed"])
    rich = dw.Switchback(
        time="at", slot="30min", burn_in="10min", carryover="1h", region="city", arm="served", control="off", seed=7,
        treatment="on", metrics=[dw.Metric("completed", minimum_effect=0.01)], timezone="Asia/Singapore", name="surge",
        assignment="day-balanced", cluster="region-day", planned_days=14, time_fe="hour-of-day", controls=["rain"],
        interference=True, onset="trip", checklist={"unit": "region"}, weights="rows",
    )  # fmt: skip
    days = dw.Switchback(
        time="at", slot="1d", region="city", regions="together", assignment="days", metrics=["c"], seed=3
    )
    drawn = rich.with_schedule(dw.schedule(rich, start="2026-11-09", days=14, regions=["Hà Nội", "🚕"]))
    dated = plain.with_schedule({"start": "2026-11-02", "slot": 120, "arms": {"all": "01101" * 15}})
    kept = dw.Switchback(time="at", slot="2h", metrics=["c"], start="2026-11-02", planned_days=9)
    return [plain, rich, days, drawn, dated, kept]


DESIGNS = [*BETWEEN, *switchbacks()]


def ready(**given: Any) -> dict[str, Any]:
    return empty_form() | {"metrics": [metric_form("booked", role="primary", effect="2%")]} | given


def codes(widget: DesignWidget) -> list[str]:
    return [message["code"] for message in widget.messages]


def run_python(code: str) -> Any:
    names: dict[str, Any] = {}
    exec(code.rstrip().rpartition("\n")[0], names)
    return names["design"]


def run_cell(cell: str) -> Any:
    line, _, body = cell.partition("\n")
    shell = InteractiveShell.instance()
    DecisionMagics(shell).decision(line.removeprefix("%%decision "), body, {})
    return shell.user_ns["design"]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: f"{each.design}-{each.name}")
def test_a_design_becomes_a_form_and_comes_back(design: Any) -> None:
    form = form_of(design)
    assert design_of(json.loads(json.dumps(form))) == design
    widget = DesignWidget.of(design)
    assert widget.design == design, widget.messages
    assert run_python(widget.payload["code"]["python"]) == design
    assert run_cell(widget.payload["code"]["cell"]) == design


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_text_in_code_html_and_data(name: str) -> None:
    frame = pd.DataFrame(
        {"who": np.arange(300) % 100, name: np.arange(300) % 7, "at": pd.Timestamp("2026-11-02"), "city": name}
    )
    widget = DesignWidget(frame)
    form = deepcopy(widget.form)
    form |= {"participant": "who", "arm": f"{name} arm", "name": name, "question": f"{name}?", "strata": ["city"],
             "metrics": [metric_form(name, role="primary", effect="2%", covariates=[name])]}  # fmt: skip
    form["arms"] = [{"name": f"{name} 0", "share": "50"}, {"name": f"{name} 1", "share": "50"}]
    widget.form = form
    between = widget.design
    assert between is not None, widget.messages
    assert between.metrics[0].name == name.strip()
    widget.form = form | {"design": "switchback", "time": "at", "region": "city", "regions": [name],
                          "start": "2026-11-09", "participant": ""}  # fmt: skip
    assert widget.design is not None, widget.messages
    for design in (between, widget.design):
        opened = DesignWidget.of(design, question=f"{name}?")
        assert run_python(opened.payload["code"]["python"]) == design
        assert run_cell(opened.payload["code"]["cell"]) == design
    data, _ = widget._repr_mimebundle_()
    for tag in ("<img", "<script"):
        assert tag not in data["text/html"]
    assert "Design an experiment" in to_text(widget.payload)


def test_it_opens_empty() -> None:
    widget = DesignWidget()
    assert repr(widget) == "DesignWidget(1 open)"
    assert (widget.design, widget.created, widget.profile()) == (None, None, None)
    assert codes(widget) == ["NO_METRIC"]
    assert widget.payload["design"] == "between"
    assert "No metric yet." in widget.html


def test_a_table_offers_its_columns() -> None:
    frame = dw.examples.ride_hailing(riders=400)
    widget = DesignWidget(frame)
    form = widget.form
    assert (form["participant"], form["time"], form["arm"], form["source"]) == ("rider_id", "time", "variant", "frame")
    assert [arm["name"] for arm in form["arms"]] == ["control", "treatment"]
    assert [each["name"] for each in form["metrics"]] == ["booked", "fare", "cancelled", "wait_minutes"]
    assert {each["role"] for each in form["metrics"]} == {"ignore"}
    profile = {each["col"]: each for each in widget.payload["data"]["profile"]}
    assert profile["booked"]["kind"] == "binary"
    assert profile["booked"]["evidence"].startswith("Two values only, 0 and 1")
    assert sorted(profile["city"]["levels"]) == sorted(frame.city.unique())


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"metrics": []}, "NO_METRIC", ""),
        ({"metrics": [metric_form("a", role="secondary")]}, "NO_PRIMARY", "metrics.0.role"),
        ({"metrics": [metric_form(n, role="primary") for n in "ab"]}, "ONE_PRIMARY", "metrics.0.role"),
        ({"metrics": [metric_form("a", role="primary", effect="2")]}, "BAD_SIZE", "metrics.0.effect"),
        ({"metrics": [metric_form("a", role="primary", effect="x%")]}, "BAD_SIZE", "metrics.0.effect"),
        ({"metrics": [metric_form("variant", role="primary")]}, "ROLE_CLASH", "metrics.0.name"),
        ({"metrics": [metric_form("r", role="primary", kind="ratio")]}, "RATIO_PARTS", "metrics.0.numerator"),
        ({"arm": " "}, "NO_ARM", "arm"),
        ({"participant": "variant"}, "SAME_COLUMN", "arm"),
        ({"arms": [{"name": "a", "share": "60"}, {"name": "b", "share": "50"}]}, "ALLOCATION_SUM", "arms.0.share"),
        ({"arms": [{"name": "a", "share": "50"}, {"name": "a", "share": "50"}]}, "ARM_NAMES", "arms.1.name"),
        ({"arms": [{"name": "a", "share": "100"}, {"name": "b", "share": "0"}]}, "BAD_SHARE", "arms.1.share"),
        ({"planned_days": "14"}, "DAYS_NEED_TIME", "planned_days"),
        ({"planned_participants": "many"}, "BAD_WHOLE", "planned_participants"),
        ({"lift": "2"}, "BAD_LIFT", "lift"),
        ({"design": "switchback"}, "NO_TIME", "time"),
        ({"design": "switchback", "slot": "15min", "burn_in": "15min"}, "BURN_IN_TOO_LONG", "burn_in"),
        ({"design": "switchback", "slot": "7h"}, "SLOT_DAY", "slot"),
        ({"design": "switchback", "slot": "soon"}, "BAD_LENGTH", "slot"),
        ({"design": "switchback", "assignment": "days"}, "DAYS_SLOT", "assignment"),
        ({"design": "switchback", "assignment": "minimax", "burn_in": ""}, "MINIMAX_REACH", "assignment"),
        ({"design": "switchback", "assignment": "minimax", "carryover": "5h"}, "SCHEDULE_FIT", "days"),
        ({"design": "switchback", "start": "Monday"}, "BAD_START", "start"),
        ({"design": "switchback", "seed": "-1"}, "BAD_WHOLE", "seed"),
        ({"design": "switchback", "region": "city", "start": "2026-11-09"}, "NO_REGIONS", "regions"),
        ({"design": "switchback", "cluster": "region-day"}, "CLUSTER_REGION", "cluster"),
    ],
)
def test_an_error_is_told_beside_its_field_and_leaves_no_design(given: dict[str, Any], code: str, field: str) -> None:
    widget = DesignWidget()
    widget.form = ready(**given)
    told = {message["code"]: message for message in widget.messages if message["sev"] == "error"}
    assert code in told
    assert told[code]["path"] == field
    assert "{" not in told[code]["title"] + told[code]["text"] + told[code]["do"]
    assert widget.design is None
    for act in (widget.create, widget.plan, widget.analyse):
        with pytest.raises(InputError, match="The design has errors"):
            act()
    widget.form = ready()
    assert widget.design is not None


def test_the_sentences_are_those_that_were_designed() -> None:
    widget = DesignWidget()
    widget.form = ready(arms=[{"name": "a", "share": "60"}, {"name": "b", "share": "50"}])
    (told,) = [message for message in widget.messages if message["sev"] == "error"]
    assert (told["title"], told["do"]) == ("Shares add up to 110%, not 100%.", "change one arm by −10")
    widget.form = ready(design="switchback", time="at", slot="30min", burn_in="20min", days="4", cluster="day")
    titles = [message["title"] for message in widget.messages if message["sev"] == "warning"]
    assert titles == ["Burn-in removes 67% of every slot.", "4 days are not whole weeks.", "Only 4 clusters."]


def test_columns_of_the_table_are_judged() -> None:
    frame = dw.examples.ride_hailing(riders=400)
    frame["never"], frame["notes"] = 1, "n/a"
    widget = DesignWidget(frame)
    roles = {"never": "primary", "notes": "guardrail", "fare": "secondary"}
    metrics = [metric_form(name, role=role, kind="binary" if name == "fare" else "") for name, role in roles.items()]
    widget.form = widget.form | {"metrics": metrics, "participant": "", "strata": ["gone"]}
    said = {message["code"]: message for message in widget.messages}
    assert {"NO_VARIATION", "COLUMN_NOT_NUMERIC", "NOT_BINARY", "NO_LIMIT", "COLUMN_NOT_FOUND"} <= set(said)
    assert "rider_id repeats 3." in said["CLUSTER_BELOW_RANDOMISATION"]["text"]
    widget.form = widget.form | {"metrics": [metric_form("booked", role="primary")]}
    (told,) = [message for message in widget.messages if message["code"] == "CLUSTER_BELOW_RANDOMISATION"]
    known = widget.payload["data"]["likeness"]
    assert told["title"].startswith(f"Errors would be {round(100 * (1 - known['design_effect'] ** -0.5))}% too small")
    advice = dw.advise(
        dw.BetweenSubject(participant="rider_id", arm="v", control="c", metrics=["booked"]), frame, effect=0.1
    )
    assert known["icc"] == pytest.approx(advice.metrics[0].icc)


def test_the_design_can_be_observed_and_linked() -> None:
    widget = DesignWidget()
    seen: list[Any] = []
    widget.observe(lambda change: seen.append(change["new"]), "design")

    class Other(traitlets.HasTraits):
        design = traitlets.Any()

    other = Other()
    traitlets.dlink((widget, "design"), (other, "design"))
    widget.form = ready()
    widget.form = ready(name="badge")
    widget.form = ready(name="badge", lift="5%")
    assert [each.name for each in seen] == [None, "badge"]
    assert other.design is widget.design


def test_create_emits_the_record_and_save_writes_it(tmp_path: Path) -> None:
    widget = DesignWidget()
    emitted: list[Any] = []
    widget.form = ready(name="badge", question="Show it\nto all?")
    widget.observe(lambda change: emitted.append(change["new"]), "created")
    assert widget.create() == widget.design
    widget.create()
    assert [each for each in emitted if each is not None] == [widget.design] * 2
    place = widget.save(tmp_path / "badge")
    assert place.name == "badge.decision.yaml"
    assert widget.save(tmp_path / "v1.2").name == "v1.2.decision.yaml"
    assert place.read_text("utf-8").startswith("# Show it to all?\n")
    assert dw.read_design(place.read_text("utf-8")) == widget.design


def test_the_plan_is_that_of_advise() -> None:
    past = dw.examples.ride_hailing(riders=1500, days=28)
    widget = DesignWidget(past)
    widget.form = widget.form | {"metrics": [metric_form("booked", role="primary", effect="7%")], "lift": "10%"}
    advice = widget.plan()
    assert advice.plan == dw.advise(widget.design, past, effect=0.1).plan
    assert isinstance(widget.power, dw.PowerWidget)
    assert "You need" in widget.html
    first = widget.power
    widget.form = widget.form | {"lift": ""}
    assert widget.plan().plan == dw.advise(widget.design, past).plan
    assert first.comm is None
    result = widget.analyse()
    assert result.decision == dw.analyze(past, widget.design).decision
    widget.close()
    assert widget.power.comm is None


def test_a_plan_is_adopted_but_no_what_if() -> None:
    past = dw.examples.ride_hailing(riders=1500, days=28)
    widget = DesignWidget(past)
    widget.form = widget.form | {"metrics": [metric_form("booked", role="primary", effect="20%")]}
    with pytest.raises(InputError, match="Nothing was computed yet"):
        widget.adopt()
    plan = widget.plan().plan
    what = {"metric": "booked", "lift": 0.2 / 0.7}
    widget.power.controls = {"seq": 1, "what": what | {"more_arms": True}}
    with pytest.raises(InputError, match="what-if of another design"):
        widget.adopt()
    widget.power.controls = {"seq": 2, "what": what | {"icc": 0.4}}
    with pytest.raises(InputError, match=r"a what-if, an ICC of 0\.400"):
        widget.adopt()
    assert widget.design.planned_participants is None
    widget.power.controls = {"seq": 3, "what": what}
    widget.adopt()
    assert (widget.design.planned_participants, widget.design.planned_days) == (plan.n_participants, plan.days)


def test_typed_numbers_are_a_past() -> None:
    widget = DesignWidget()
    widget.form = ready(
        source="typed", typed={"mean": "35%", "participants_per_day": "3500"}, participant="rider_id", time="t"
    )
    expected = dw.advise(widget.design, dw.TypedSummary("booked", mean=0.35, participants_per_day=3500))
    assert widget.plan().plan == expected.plan
    for source, typed, said in (
        ("none", {}, "Nothing is known"),
        ("typed", {}, "mean of booked"),
        ("typed", {"mean": "x"}, "Mean must be"),
    ):
        widget.form = ready(source=source, typed=typed)
        widget._hear(widget, {"do": "power"})
        assert said in widget.job["failed"]


def test_what_the_browser_asks_for_is_done_and_nothing_else() -> None:
    widget = DesignWidget()
    widget._hear(widget, {"do": "create"})
    assert "Add a metric" in widget.job["failed"]
    widget.form = ready()
    for asked in ({"do": "create"}, {"do": "__class__"}, {}, "create", None):
        widget._hear(widget, asked)
    assert widget.created == widget.design


def test_a_switchback_asks_for_its_guideline() -> None:
    trips = dw.examples.ride_hailing(riders=300)
    design = dw.Switchback(time="time", slot="1h", region="city", metrics=["booked"], arm="variant", planned_days=14)
    widget = DesignWidget.of(design, trips)
    assert sorted(widget.form["regions"]) == sorted(trips.city.unique())
    assert widget.design == design
    widget._hear(widget, {"do": "power"})
    assert widget.job.get("done") == "power", widget.job


def test_what_a_design_refuses_by_itself_is_a_message() -> None:
    widget = DesignWidget()
    widget.form = ready(kept={"between": {"dependent": False, "negatively_related": True}})
    (told,) = [message for message in widget.messages if message["sev"] == "error"]
    assert told["code"] == "DESIGN"
    assert "negatively related" in told["text"]
    assert widget.design is None


def test_what_the_fields_do_not_show_never_overrules_them() -> None:
    widget = DesignWidget.of(BETWEEN[1])
    form = deepcopy(widget.form)
    form["metrics"][3] |= {"role": "secondary", "effect": "3%"}
    widget.form = form
    assert widget.design is not None
    assert widget.design.metrics[3].minimum_effect == 0.03
    assert widget.design.alpha == 0.1
    widget.form = form | {"design": "switchback", "time": "at"}
    assert widget.design is not None, widget.messages
    assert widget.design.alpha == 0.05
    widget.form = form
    assert widget.design.alpha == 0.1


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(InputError, match="no option 'dsign'"):
        DesignWidget(dsign=1)
    with pytest.raises(InputError, match="A design is a BetweenSubject or a Switchback; got str"):
        DesignWidget.of("between")
    widget = DesignWidget()
    with pytest.raises(InputError, match="has no field 'nmae'"):
        widget.form = {"nmae": "x"}
    assert completed({"metrics": [{"name": "y"}]})["metrics"][0]["role"] == "ignore"


def test_two_widgets_share_nothing() -> None:
    first, second = DesignWidget(), DesignWidget()
    first.form = ready()
    assert second.design is None
    assert second.form["metrics"] == []


def test_its_bundle_can_be_read_without_a_kernel() -> None:
    widget = DesignWidget.of(BETWEEN[1], question="Ship it?")
    data, _ = widget._repr_mimebundle_()
    said = data["text/html"]
    for part in ("badge", "Ship it?", "off 33.3%", "city", "cancelled ÷ booked", "before, age", "limit 7.12%"):
        assert part in said, part
    assert "<button" not in said
    assert "<script" not in said
    assert json.loads(json.dumps(data["text/html"])) == said
    assert data["text/plain"].startswith("Design an experiment: badge")


@pytest.mark.parametrize("value", [0.02, 0.05, 0.07, 1 / 3, 0.123456789012345, 0.0, 0.999, 1.5, 1e-5])
def test_sizes_and_shares_come_back_to_the_last_digit(value: float) -> None:
    assert effect_of(effect_text(value)) == value
    if 0 < value < 1:
        assert share_of(share_text(value)) == value


def test_messages_need_no_widget() -> None:
    assert messages_of(ready(), None, None) == []


def test_its_script_imports_nothing_and_exports_render() -> None:
    code = DesignWidget._esm
    assert re.findall(r"^export .*$", code, re.MULTILINE) == ["export default { render };"]
    assert not re.search(r"^\s*import |https?:", code, re.MULTILINE)
