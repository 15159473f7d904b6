"""Any saved result, told by its schema."""

from __future__ import annotations

import json
from typing import Final, TypeAlias

from decision_widgets.errors import InputError, listed
from decision_widgets.results.guideline import SwitchbackAdvice
from decision_widgets.results.monitoring import MonitoringResult
from decision_widgets.results.result import DecisionResult
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.switchback import SwitchbackResult

Saved: TypeAlias = DecisionResult | SwitchbackResult | MonitoringResult | SizingAdvice | SwitchbackAdvice

SAVED: Final[dict[str, type[Saved]]] = {
    kind.SCHEMA: kind for kind in (DecisionResult, SwitchbackResult, MonitoringResult, SizingAdvice, SwitchbackAdvice)
}


def read_result(text: str) -> Saved:
    """Restore a result of any kind from its JSON.

    Raises
    ------
    InputError
        It is not the JSON of a result, or of one that another version saved.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise InputError(f"This is not a saved result: it is not JSON text ({problem}).") from None
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if not isinstance(schema, str) or schema not in SAVED:
        raise InputError(f"This is not a saved result: its schema is {schema!r}. It may be: {listed([*SAVED])}.")
    return SAVED[schema].from_dict(plain)
