"""What every result carries beside its numbers: messages in order, and where the numbers come from."""

from __future__ import annotations

from hashlib import sha256

import decision_widgets
from decision_widgets.data import Reading
from decision_widgets.design import BetweenSubject
from decision_widgets.results import Message, Provenance


def in_order(messages: list[Message]) -> tuple[Message, ...]:
    """Put errors first, then warnings, then notes; what is said twice is said once."""
    rank = {"error": 0, "warning": 1, "info": 2}
    said = {(m.code, m.title, m.text): m for m in messages}
    return tuple(sorted(said.values(), key=lambda m: rank[m.severity]))


def provenance_of(design: BetweenSubject, reading: Reading) -> Provenance:
    """Say which rows and which design the numbers come from."""
    return Provenance(
        version=decision_widgets.__version__,
        n_rows=reading.n_rows,
        left_out=dict(reading.left_out),
        n_contaminated=reading.n_contaminated,
        first_day=reading.first_day,
        last_day=reading.last_day,
        days=reading.days,
        fingerprint=reading.fingerprint,
        design_fingerprint=sha256(design.to_json().encode()).hexdigest()[:12],
    )
