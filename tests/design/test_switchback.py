"""A switchback design: what it accepts, what it refuses in words, and how it travels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.design.yaml import read_design, write_design

WORDS: dict[str, Any] = {"time": "at", "slot": "2h", "region": "city", "arm": "arm", "metrics": ["completed"]}


def made(**words: Any) -> dw.Switchback:
    return dw.Switchback(**(WORDS | words))


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"burn_in": "30min", "carryover": 45, "controls": ["rain"], "segments": ["rain"], "planned_days": 14},
        {"region": None, "assignment": "minimax", "carryover": "4h", "timezone": "Asia/Singapore"},
        {"slot": "1d", "assignment": "days", "checklist": {"panel": "no gaps"}, "onset": "trip"},
        {"control": "off", "treatment": "on", "start": "2026-11-02", "name": "surge"},
        {
            "metrics": [
                dw.Metric("trips", numerator="completed", denominator="at", minimum_effect=0.01),
                dw.Metric("wait", role="guardrail", direction="decrease", limit=0.02),
            ]
        },
    ],
)
def test_a_design_survives_json_yaml_and_its_repr(words: dict[str, Any]) -> None:
    design = made(**words)
    assert dw.Switchback.from_json(design.to_json()) == design
    assert read_design(write_design(design)) == design
    assert eval(repr(design), {"Switchback": dw.Switchback, "Metric": dw.Metric}) == design


@pytest.mark.parametrize("given", [120, "2h", "120 min", "1h60min", timedelta(hours=2)])
def test_a_length_is_written_one_way(given: Any) -> None:
    assert made(slot=given).slot == 120
    assert made(slot=given).to_dict()["slot"] == "2h"


def test_the_start_is_a_local_moment() -> None:
    assert made(start=datetime(2026, 11, 2)).start == "2026-11-02T00:00"


def test_without_regions_everybody_switches_together() -> None:
    assert made(region=None).regions == "together"
    assert "regions" not in made(region=None).to_dict()


def test_the_carry_over_is_the_burn_in_where_nothing_else_is_said() -> None:
    assert made(burn_in="30min").order == 30
    assert made(burn_in="30min", carryover="2h").order == 120


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"slot": "7h"}, "slot must divide 24 hours or be whole days; got 7h. Near it: 6h, 8h."),
        (
            {"slot": "soon"},
            "slot must be a length such as '30min', '4h' or '1d', or a whole number of minutes; got 'soon'.",
        ),
        (
            {"slot": True},
            "slot must be a length such as '30min', '4h' or '1d', or a whole number of minutes; got True.",
        ),
        ({"burn_in": "2h"}, "no minutes would be left to analyse"),
        ({"burn_in": -5}, "burn_in must be a length such as '30min'"),
        ({"time_fe": None}, "E_TIME_FE_REQUIRED"),
        ({"time_fe": "hours"}, "Did you mean 'hour'?"),
        ({"assignment": "pair"}, "Did you mean 'pairs'?"),
        ({"assignment": "days"}, "Write slot='1d'."),
        ({"assignment": "day-balanced", "slot": "1d"}, "a day must hold several slots"),
        ({"assignment": "minimax"}, "give carryover="),
        ({"timezone": "Mars"}, "timezone must be the name of a time zone"),
        ({"start": "soon"}, "start must be a day or a local moment"),
        ({"region": "at"}, "time names 'at', which another of time, arm and region names too"),
        ({"control": "A", "treatment": "A"}, "control and treatment are both 'A'"),
        ({"region": None, "cluster": "region-day"}, "needs region="),
        ({"metrics": ["y", "y"]}, "Two metrics are called 'y'"),
        ({"metrics": ["arm"]}, "reads the column 'arm', which is the arm"),
        ({"checklist": {"a": 1}}, "checklist must map steps to answers"),
    ],
)
def test_a_wrong_word_is_one_clear_error(words: dict[str, Any], said: str) -> None:
    with pytest.raises(dw.InputError) as caught:
        made(**words)
    assert said in str(caught.value)


def test_all_problems_are_told_together() -> None:
    with pytest.raises(dw.InputError) as caught:
        made(slot="x", alpha=2, time_fe=None)
    assert all(word in str(caught.value) for word in ("slot", "alpha", "E_TIME_FE_REQUIRED"))


def test_an_unknown_key_in_yaml_is_named_with_its_line() -> None:
    with pytest.raises(dw.InputError, match=r"Line 3: unknown key 'burnin'\. Did you mean 'burn_in'"):
        read_design("design: switchback\ntime: at\nburnin: 5\nslot: 2h\nmetrics: [y]")


def test_a_schedule_must_fit_the_design() -> None:
    planned = dw.schedule(made(), start="2026-11-02", days=2, regions=["a", "b"], seed=1)
    assert made(schedule=planned).schedule is not None
    with pytest.raises(dw.InputError, match="no whole number of 4h"):
        made(slot="4h", schedule=planned)
    with pytest.raises(dw.InputError, match="leave start= out"):
        made(start="2026-11-03", schedule=planned)


def test_a_schedule_that_alternates_is_refused() -> None:
    starts = pd.date_range("2026-11-02", periods=26, freq="2h")
    table = pd.DataFrame({"slot_start": starts, "arm": ["control", "treatment"] * 13})
    with pytest.raises(dw.InputError, match=r"E_SCHEDULE_ALIAS: .*(strictly alternates|repeats by clock hour)"):
        made(region=None, schedule=table)
