"""The local clock: where a minute lies, and the slots in which the clock itself was changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import decision_widgets as dw
from decision_widgets.data.slot_clock import Clock, check_years, day_of, local_minutes, slots_of_changes
from decision_widgets.design.clock import minute_of


def clock(start: str, slot: int, burn_in: int = 0) -> Clock:
    return Clock(start=minute_of(start), slot=slot, burn_in=burn_in, grain=1)


def test_places_are_cut_at_hours_slots_and_parts() -> None:
    cut = clock("2026-11-02T00:00", 90, 20)
    begins = cut.places(cut.start, cut.start + 179) - cut.start
    assert begins.tolist() == [0, 20, 40, 60, 90, 110, 120, 130]
    assert cut.length_of(begins + cut.start).tolist() == [20, 20, 20, 30, 20, 10, 10, 50]
    assert cut.part_of(begins + cut.start).tolist() == [0, 1, 2, 2, 0, 1, 1, 2]
    assert cut.slot_of(np.array([cut.start - 1, cut.start, cut.start + 90])).tolist() == [-1, 0, 1]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"])
def test_local_minutes_are_those_of_pandas(zone: str) -> None:
    utc = pd.date_range("2025-12-20", "2027-01-10", freq="15min", tz="UTC")
    local = utc.tz_convert(zone).tz_localize(None)
    found = local_minutes(np.asarray(utc.tz_localize(None).as_unit("s").asi8 // 60), zone)
    assert found.tolist() == (local.as_unit("s").asi8 // 60).tolist()


@pytest.mark.parametrize(
    ("zone", "start", "slot", "touched"),
    [
        ("Australia/Lord_Howe", "2026-04-05T00:00", 60, (1,)),  # 2:00 becomes 1:30
        ("Australia/Lord_Howe", "2026-10-04T00:00", 60, (2,)),  # 2:00 becomes 2:30
        ("America/Sao_Paulo", "2026-01-01T00:00", 60, ()),
        ("Europe/London", "2026-03-29T00:00", 30, (2, 3)),
        ("Europe/London", "2026-03-28T06:00", 1440, (0,)),
        ("Europe/London", "2026-03-29T02:00", 60, ()),
        (None, "2026-03-29T00:00", 60, ()),
    ],
)
def test_slots_in_which_a_clock_changed(zone: str | None, start: str, slot: int, touched: tuple[int, ...]) -> None:
    of = clock(start, slot)
    assert slots_of_changes(of, zone, of.start + 2 * 1440 - 1) == touched


def test_moments_that_no_calendar_holds_are_refused() -> None:
    check_years(np.array([minute_of("0001-01-02T00:00"), minute_of("9999-12-29T00:00")]), "at")
    with pytest.raises(dw.InputError, match="'at' holds a moment outside the years 1 to 9999"):
        check_years(np.array([minute_of("9999-12-29T00:00") + 3 * 1440]), "at")
    assert day_of(minute_of("1969-12-31T23:59")) == "1969-12-31"
