"""The design widget's reading in the browser against Python's: coins, schedules, messages, plan and code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import decision_widgets as dw
from decision_widgets.cards.bundle import script
from decision_widgets.cards.design_copy import COPY
from decision_widgets.cards.design_form import empty_form, metric_form
from decision_widgets.cards.design_within import drawn_arms
from decision_widgets.design.schedule import alias_problem, coin
from decision_widgets.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NAMES = (
    "Central",
    "all",
    "",
    "東京",
    "🚕 north",
    "\u00e9",
    "e\u0301",
    "<img src=x onerror=alert(1)>",
    "שלום",
    "x" * 300,
)
HOSTILE = (
    '<img src=x onerror="boom()">',
    '"; drop table riders; --',
    "x" * 300,
    "שלום עולם",
    "🚕",
    "a\nb",
    "yes",
    "1",
    "#c",
)


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    told = "window.slots = designSlots; window.words = { ...designAmounts, readForm: designForm.read };"
    page.set_content(
        f"<script type='module'>{script(('design',)).replace('export default { render };', told)}</script>"
    )
    page.wait_for_function("window.words !== undefined")
    yield page
    page.close()
    assert problems == []


def test_coins_fall_alike_in_the_browser_and_in_python(blank: Page) -> None:
    seeds = [0, 1, 7, 2**31, 2**32 - 1, *np.random.default_rng(1).integers(0, 2**32, 60).tolist()]
    tosses = [[seed, name, number] for seed in seeds for name in NAMES for number in (0, 1, 2, 335, 100_000)]
    found = blank.evaluate("all => all.map(([seed, name, number]) => slots.coinOf(seed, name)(number))", tosses)
    assert found == [coin(*toss) for toss in tosses]
    assert len(set(found)) > 3000


def within(**given: Any) -> dict[str, Any]:
    """Write the form of a switchback."""
    usual = {"design": "switchback", "time": "at", "region": "city", "regions": ["Central", "🚕 north"],
             "metrics": [metric_form("completed", role="primary", effect="1%")], "slot": "2h",
             "burn_in": "30min"}  # fmt: skip
    return empty_form() | usual | given


@pytest.mark.parametrize("assignment", ["pairs", "slots", "day-balanced", "days", "minimax"])
def test_schedules_are_alike_in_the_browser_in_python_and_in_the_exported_table(blank: Page, assignment: str) -> None:
    for seed in (0, 1, 7, 12345, 4294967295):
        for days, slot, start in ((14, "2h", "2026-11-09"), (7, "30min", "2026-11-09T06:00"), (28, "1d", "2026-02-28")):
            if (slot == "1d") != (assignment == "days") and assignment != "slots":
                continue
            form = within(assignment=assignment, seed=str(seed), days=str(days), slot=slot, start=start, carryover="4h",
                          burn_in="" if slot == "1d" else "10min")  # fmt: skip
            seen = blank.evaluate("form => slots.draw(slots.slotsOf(form, words.wholeOf))", form)
            assert seen == drawn_arms(form)
            design = dw.Switchback(time="at", slot=slot, region="city", metrics=["completed"], carryover="4h",
                                   assignment=assignment, seed=seed)  # fmt: skip
            try:
                table = dw.schedule(design, start=start, days=days, regions=form["regions"])
            except InputError:
                continue
            again = design.with_schedule(table).schedule
            assert again is not None
            assert seen == dict(again.arms)


def test_a_schedule_tied_to_the_clock_is_found_alike(blank: Page) -> None:
    texts = [
        "0101" * 6,
        "0110" * 6,
        "1" * 24,
        "0" * 12 + "1" * 12,
        "011001100110011001100110",
        "010101010101010101010110",
    ]
    for text in texts:
        for slot in (60, 120, 360, 1440, 2880):
            given = dw.Schedule(start="2026-11-09", slot=slot, arms={"all": text})
            assert blank.evaluate("([text, slot]) => slots.tied([text], slot)", [text, slot]) == (
                alias_problem(given) is not None
            )


def widget() -> dw.DesignWidget:
    """Open the widget on a table with hostile columns."""
    frame = dw.examples.ride_hailing(riders=300)
    frame["never"] = 1
    frame["half"] = np.where(np.arange(len(frame)) % 2, np.nan, 1.5) * np.arange(len(frame))
    frame["notes"] = "n/a"
    for name in HOSTILE:
        frame[name] = np.arange(len(frame)) % 5
    return dw.DesignWidget(frame)


def forms() -> Iterator[dict[str, Any]]:
    """Write forms of every kind, right and wrong."""
    shown = widget().form
    primary = metric_form("booked", role="primary", effect="2%")
    between = shown | {"metrics": [primary]}
    yield from (empty_form(), shown, between, between | {"name": 'A "b"\n', "question": "Ship\nit?  now"})
    yield between | {"arms": [{"name": "control", "share": "60"}, {"name": "treatment", "share": "50"}]}
    yield between | {"arms": [{"name": name, "share": "1/3"} for name in ("off", "on", HOSTILE[0])]}
    yield between | {"arms": [{"name": "control", "share": ""}], "participant": ""}
    yield between | {"arms": [{"name": "", "share": "x"}, {"name": "", "share": "0"}], "arm": "", "planned_days": "1.5"}
    yield between | {"participant": "gone", "time": "fare", "arm": "gone", "strata": ["city", "away"], "lift": "3"}
    yield between | {"participant": "city", "time": "city", "planned_days": "14", "planned_participants": "0"}
    yield between | {
        "time": "",
        "planned_days": "14",
        "planned_participants": "41,200",
        "kept": {"between": {"alpha": 0.1}},
    }
    roles = ("primary", "secondary", "guardrail")
    for at, name in enumerate(("never", "half", "notes", "city", "rider_id", "time", "away", "", *HOSTILE)):
        yield between | {"metrics": [primary, metric_form(name, role=roles[at % 3], limit="5%", effect="0.00001")]}
    yield between | {"metrics": [primary, primary]}
    yield between | {"metrics": [primary, metric_form("wait_minutes", role="guardrail")]}
    yield between | {"metrics": [metric_form("fare", role="secondary", effect="2", kind="binary", covariates=["half"])]}
    yield between | {"metrics": [metric_form("r", role="primary", kind="ratio", numerator="booked"), primary]}
    yield between | {"metrics": [metric_form("r", role="primary", kind="ratio", numerator="booked",
                                             denominator="rider_id", direction="decrease", effect="1/50")]}  # fmt: skip
    for given in (
        {}, {"slot": "15min", "burn_in": "15min"}, {"slot": "30min", "burn_in": "20min", "days": "7"}, {"slot": "7h"},
        {"slot": "soon", "burn_in": "1x", "days": "0", "seed": "-1", "start": "Monday"}, {"start": "2026-11-09"},
        {"start": "2026-11-09", "regions": []}, {"regions": [], "region": "", "cluster": "region-day"},
        {"cluster": "region", "together": True}, {"assignment": "days"}, {"assignment": "minimax", "burn_in": ""},
        {"assignment": "minimax", "carryover": "5h"}, {"assignment": "day-balanced", "slot": "2d", "days": "13"},
        {"assignment": "day-balanced", "start": "2026-11-09T06:00"}, {"cluster": "region-day", "days": "5"},
        {"arms": [{"name": "a", "share": ""}, {"name": "a", "share": ""}]}, {"days": "2", "slot": "12h", "seed": "3"},
        {"regions": [HOSTILE[0], HOSTILE[4]], "start": "2026-11-09", "timezone": "Asia/Singapore", "seed": "9"},
        {"time": ""}, *({"days": "2", "slot": "12h", "regions": ["Central"], "seed": str(seed)} for seed in range(6)),
        {"schedule": {"start": "2026-11-09T00:00", "slot": 120, "arms": {"Central": "0110" * 42}}},
    ):  # fmt: skip
        yield within(**given)


def test_what_a_form_says_is_read_alike(blank: Page) -> None:
    shown = widget()
    without_data = dw.DesignWidget()
    sentences = {code: list(said) for code, said in COPY.items()}
    seen_codes = set()
    for open_widget in (shown, without_data):
        for form in forms():
            open_widget.form = deepcopy(form)
            payload = json.loads(json.dumps(open_widget.payload))
            data = payload["data"]
            known = {"columns": data["profile"], "rows": data["rows"], "likeness": data["likeness"],
                     "data": data["ref"], "sentences": sentences}  # fmt: skip
            view = blank.evaluate("([form, known]) => words.readForm(form, known)", [open_widget.form, known])
            expected = [message for message in payload["messages"] if message["code"] != "DESIGN"]
            assert view["messages"] == expected, form
            assert view["plan"] == payload["plan"], form
            assert view["checks"] == payload["checks"], form
            assert view["steps"] == payload["steps"], form
            assert view["python"] == payload["code"]["python"], form
            assert view["cell"] == payload["code"]["cell"], form
            seen_codes |= {message["code"] for message in expected}
    assert set(COPY) - seen_codes == {"DESIGN"}
