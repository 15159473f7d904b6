"""The result of a switchback: one frozen record, from which every view is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from decision_widgets.design import Switchback
from decision_widgets.results.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SwitchbackResult(Shown):
    """What a switchback says."""

    SCHEMA: ClassVar[str] = "dw.switchback/1"
    CALLED: ClassVar[str] = "result of a switchback"
    TITLE: ClassVar[str] = "Switchback decision"

    design: Switchback
