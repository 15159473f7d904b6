"""Every promise that is kept under watch."""

from __future__ import annotations

from calibration.path import Path
from calibration.paths import adjusted, advisor, between, decision, few, multiple, sequential, within

PATHS: tuple[Path, ...] = (
    *between.PATHS,
    *adjusted.PATHS,
    *within.PATHS,
    *few.PATHS,
    *multiple.PATHS,
    *sequential.PATHS,
    *advisor.PATHS,
    *decision.PATHS,
)


def find(seed: int) -> Path:
    """Return the entry with this seed; seeds are unique."""
    return next(path for path in PATHS if path.seed == seed)
