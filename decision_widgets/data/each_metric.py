"""Open a table and read its metrics together; where its engine fails, leave out those that it cannot read alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from decision_widgets.data.engine import Engine
from decision_widgets.data.progress import Listener, Watch, watching
from decision_widgets.data.reading import Unreadable
from decision_widgets.data.tables import open_table
from decision_widgets.errors import EngineFailed
from decision_widgets.moments import HistorySpec, MomentSpec, SlotSpec

Spec = TypeVar("Spec", MomentSpec, HistorySpec, SlotSpec)
Found = TypeVar("Found")


def read_what_can_be_read(
    table: Any,
    spec: Spec,
    progress: bool | Listener | None,
    read: Callable[[Engine, Spec, Watch], Found],
    *,
    zones: bool = False,
) -> tuple[Found, Mapping[str, Unreadable]]:
    """Return what `read` finds, and the metrics that were left out of it, each with its reason.

    Raises
    ------
    EngineFailed
        The engine could read no metric, or each of them alone and not all together.
    """
    with watching(progress) as watch:
        engine = open_table(table, spec, watch, zones=zones)
        try:
            return read(engine, spec, watch), {}
        except EngineFailed as problem:
            failed = {}
            for columns in spec.metrics:
                try:
                    read(engine, replace(spec, metrics=(columns,), missing="drop"), watch)
                except EngineFailed as own:
                    failed[columns.metric] = Unreadable(what=str(own), remedy="mend the query behind its column")
            kept = tuple(columns for columns in spec.metrics if columns.metric not in failed)
            if not kept or not failed:
                raise problem
            return read(engine, replace(spec, metrics=kept), watch), failed
        finally:
            engine.close()
