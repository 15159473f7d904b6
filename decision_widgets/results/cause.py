"""Where to look for the cause of a broken split, in a sentence."""

from __future__ import annotations

from typing import Final

from decision_widgets.estimates import SampleRatioDiagnosis
from decision_widgets.views import numbers
from decision_widgets.vocabulary import readable

OFF_BELOW: Final = 0.001
HOLDS_ABOVE: Final = 0.01


def cause_text(diagnosis: SampleRatioDiagnosis | None) -> str:
    """Name the slice where the split is off, and say whether it is off elsewhere too; nothing without slices."""
    if diagnosis is None or not diagnosis.places:
        return ""
    worst = diagnosis.places[0]
    elsewhere = worst.p_value_elsewhere
    if worst.p_value_adjusted >= OFF_BELOW:
        columns = list(dict.fromkeys(readable(place.name).lower() for place in diagnosis.places))
        return f"No single slice of {' or '.join(columns)} stands out, so look at what all of them share."
    where = f"Start with {readable(worst.name).lower()} {worst.level}: the split is off there"
    p = f"(p\u00a0{numbers.p_value(worst.p_value_adjusted)})"
    if elsewhere is not None and elsewhere >= HOLDS_ABOVE:
        return f"{where} {p} and holds elsewhere (p\u00a0{numbers.p_value(elsewhere)})."
    return f"{where} most {p}, and it is off elsewhere too."
