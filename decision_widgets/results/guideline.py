"""What the guideline of a switchback says: steps with evidence, and the power that its own history promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from decision_widgets.design import Switchback
from decision_widgets.results.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SwitchbackAdvice(Shown):
    """How to run a switchback, step by step."""

    SCHEMA: ClassVar[str] = "dw.switchback_advice/1"
    CALLED: ClassVar[str] = "advice on a switchback"
    TITLE: ClassVar[str] = "Switchback guideline"

    design: Switchback
