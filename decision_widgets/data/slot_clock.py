"""The local clock of a switchback: where a minute lies, and when the clock itself was put forward or back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.moments import SlotSpec

DAY: Final = 1440
HOUR: Final = 60
PARTS: Final = 3
Minutes = NDArray[np.int64]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = date(1, 1, 2).toordinal() - _EPOCH.toordinal()  # a day less at both ends, for zones
_LAST_DAY: Final = date(9999, 12, 30).toordinal() - _EPOCH.toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Cuts local minutes since 1970 into places: an hour, within a slot, within a part of it.

    Part 0 is the burn-in b, part 1 the b minutes after it, part 2 the rest; without a burn-in all is part 2. A place is
    known by the minute at which it begins.
    """

    start: int
    slot: int
    burn_in: int
    grain: int

    @classmethod
    def of(cls, spec: SlotSpec, start: int) -> Clock:
        """Return the clock of a design whose first slot begins at `start`."""
        return cls(start=start, slot=spec.slot, burn_in=spec.burn_in, grain=spec.grain)

    def slot_of(self, minute: Minutes) -> Minutes:
        """Number slots from the first one; those of the history are negative."""
        return (minute - self.start) // self.slot

    def part_of(self, minute: Minutes) -> Minutes:
        """Return 0, 1 or 2."""
        into = (minute - self.start) % self.slot
        return (into >= self.burn_in).astype(np.int64) + (into >= 2 * self.burn_in)

    def begin_of(self, minute: Minutes) -> Minutes:
        """Return the minute at which the place begins in which a minute lies."""
        return np.maximum(minute // HOUR * HOUR, self._bound(minute, self.part_of(minute)))

    def length_of(self, minute: Minutes) -> NDArray[np.float64]:
        """Return how many minutes of clock that place has."""
        end = np.minimum((minute // HOUR + 1) * HOUR, self._bound(minute, self.part_of(minute) + 1))
        return (end - self.begin_of(minute)).astype(np.float64)

    def places(self, first: int, last: int) -> Minutes:
        """List the places from that of a minute to that of another."""
        return np.unique(self.begin_of(np.arange(first // self.grain * self.grain, last + 1, self.grain)))

    def places_of_days(self, days: Minutes) -> Minutes:
        """List the places of some days, counted from 1970."""
        minutes = (days[:, None] * DAY + np.arange(0, DAY, self.grain)).ravel()
        return np.unique(self.begin_of(minutes))

    def _bound(self, minute: Minutes, part: Minutes) -> Minutes:
        bounds = np.minimum([0, self.burn_in, 2 * self.burn_in, self.slot], self.slot)
        return self.start + self.slot_of(minute) * self.slot + bounds[part]


def local_minutes(utc: Minutes, zone: str) -> Minutes:
    """Return what the clock of a time zone shows at minutes of UTC since 1970."""
    changes = list(_changes(ZoneInfo(zone), int(utc.min()), int(utc.max())))
    since, offset = (np.array(column) for column in zip(*changes, strict=True))
    return np.asarray(utc + offset[np.searchsorted(since, utc, side="right") - 1])


def slots_of_changes(clock: Clock, zone: str | None, last: int) -> tuple[int, ...]:
    """List the slots, up to that of the local minute `last`, with an hour that came twice or not at all."""
    if zone is None:
        return ()
    touched: set[int] = set()
    for (_, before), (at, after) in pairwise(_changes(ZoneInfo(zone), clock.start - DAY, last + DAY)):
        local = np.array([at + min(before, after), at + max(before, after) - 1])
        first, final = clock.slot_of(local)
        touched.update(range(int(first), int(final) + 1))
    return tuple(sorted(slot for slot in touched if 0 <= slot <= (last - clock.start) // clock.slot))


def check_years(minute: Minutes, time: str) -> None:
    """Refuse moments that no calendar holds."""
    if minute.min() < _FIRST_DAY * DAY or minute.max() >= _LAST_DAY * DAY:
        raise InputError(f"The time column {time!r} holds a moment outside the years 1 to 9999.")


def day_of(minute: int) -> str:
    """Return the ISO day of a local minute."""
    return (_EPOCH + timedelta(minutes=minute)).date().isoformat()


def _changes(zone: ZoneInfo, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Give the offset at the minute `first` of UTC, then each later minute at which it changes, with the new one."""
    offset = _offset(zone, first)
    yield first, offset
    for begin in range(first, last, DAY):
        end = min(begin + DAY, last)
        if (new := _offset(zone, end)) != offset:
            yield _first_minute(zone, begin, end), new
            offset = new


def _first_minute(zone: ZoneInfo, before: int, after: int) -> int:
    new = _offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _offset(zone, middle) == new else (middle, after)
    return after


def _offset(zone: ZoneInfo, minute: int) -> int:
    offset = (_EPOCH + timedelta(minutes=minute)).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1)
