"""Small results of real analyses, to be saved and found again."""

from __future__ import annotations

from typing import Any

import decision_widgets as dw


def made_result(name: str | None = "eta", **stated: Any) -> dw.DecisionResult:
    """Analyse 2,000 made-up riders; with seed 1 there is an effect, and the plan is reached unless it is stated."""
    words = {"participant": "rider_id", "arm": "variant", "control": "control", "metrics": ["booked"]} | stated
    return dw.analyze(dw.examples.ride_hailing(riders=4000, seed=1), dw.BetweenSubject(name=name, **words))
