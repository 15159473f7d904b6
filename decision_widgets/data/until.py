"""The table as it was at the end of a day: rows of later days, and rows without a time, are not there."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Final

from decision_widgets.data.engine import ColumnType, Engine
from decision_widgets.data.overview import MICROS_PER_DAY, moment
from decision_widgets.errors import InputError
from decision_widgets.moments import MomentSpec

EPOCH: Final = date(1970, 1, 1)


def up_to(engine: Engine, spec: MomentSpec, types: Mapping[str, ColumnType]) -> Engine:
    """Return the engine reading no row later than ``spec.until``; itself when no day is set."""
    if spec.until is None:
        return engine
    if spec.time is None:
        raise InputError(f"Rows until {spec.until} cannot be told from later ones without time=, the column of dates.")
    days = (spec.until - EPOCH).days + 1
    end = days if types[spec.time] == "date" else days * MICROS_PER_DAY
    # The copy shares the connection and what is kept in it; whoever opened the engine closes it.
    restricted = copy(engine)
    restricted.source = f"(SELECT * FROM {engine.source} WHERE {moment(engine, spec, types)} < {end}) AS until_day"
    return restricted
