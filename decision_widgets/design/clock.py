"""Lengths of time and local moments, in whole minutes: how people write them, and how they are kept."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

DAY: Final = 1440
EPOCH: Final = datetime(1970, 1, 1)
_UNITS: Final = {"d": DAY, "day": DAY, "days": DAY, "h": 60, "hour": 60, "hours": 60, "min": 1, "minutes": 1, "m": 1}
_PART: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")


def as_minutes(given: object) -> object:
    """Read a length of time as whole minutes; what is none is left for its rule to refuse.

    >>> as_minutes("2h"), as_minutes("1h30min"), as_minutes(30), as_minutes("1d"), as_minutes("soon")
    (120, 90, 30, 1440, 'soon')
    """
    if isinstance(given, timedelta):
        total = given / timedelta(minutes=1)
        return int(total) if total == int(total) else given
    if not isinstance(given, str):
        return given
    text, at, total = given.strip().lower(), 0, 0.0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or part[2] not in _UNITS:
            return given
        total, at = total + float(part[1]) * _UNITS[part[2]], part.end()
    return int(total) if text and total == int(total) else given


def as_length(minutes: int) -> str:
    """Write whole minutes as people do.

    >>> as_length(120), as_length(45), as_length(90), as_length(1440)
    ('2h', '45min', '1h30min', '1d')
    """
    if minutes and minutes % DAY == 0:
        return f"{minutes // DAY}d"
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}min" if rest or not hours else "")


def as_moment(given: object) -> object:
    """Read a local moment, or a day's midnight, as ISO text to the minute; what is none is left as it is.

    >>> as_moment("2026-11-02"), as_moment(datetime(2026, 11, 2, 6, 30)), as_moment("soon")
    ('2026-11-02T00:00', '2026-11-02T06:30', 'soon')
    """
    try:
        if isinstance(given, str):
            moment = datetime.fromisoformat(given.strip())
        elif isinstance(given, datetime):
            moment = given
        elif isinstance(given, date):
            moment = datetime(given.year, given.month, given.day)
        else:
            return given
    except ValueError:
        return given
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        return given
    return moment.isoformat(timespec="minutes")


def minute_of(moment: str) -> int:
    """Return the minutes from 1970-01-01 to a local moment, both on the same clock.

    >>> minute_of("1970-01-02T01:00")
    1500
    """
    return int((datetime.fromisoformat(moment) - EPOCH) / timedelta(minutes=1))


def moment_of(minute: int) -> str:
    """Return the local moment so many minutes after 1970-01-01, as ISO text to the minute.

    >>> moment_of(1500)
    '1970-01-02T01:00'
    """
    return (EPOCH + timedelta(minutes=minute)).isoformat(timespec="minutes")
