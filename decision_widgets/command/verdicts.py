"""The exit code of a verdict, for scripts: 0 is to ship, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

EXIT: Final[dict[str, int]] = {
    "ship": 0,
    "dont-ship": 4,
    "inconclusive": 5,
    "keep-running": 6,
    "invalid": 7,
    "stop-benefit": 0,
    "stop-harm": 4,
    "plan-reached": 6,
    "continue": 6,
    "too-early": 6,
}
EXIT_CODES: Final = (
    "Exit code: 0 ship, 4 don't ship, 5 inconclusive, 6 keep running, 7 invalid; 2 not understood or not possible, "
    "3 the notebook failed, 130 interrupted."
)


# The worst last: a harm that is found weighs more than what is not known yet.
_WORSE: Final = (0, 6, 5, 4, 7)


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of several results: invalid, don't ship, inconclusive, keep running, ship.

    >>> worst([0, 6, 4]), worst([])
    (4, 0)
    """
    return max(codes, key=_WORSE.index, default=0)


def exit_code(result: Any) -> int:
    """Return the exit code of a result; one that decides nothing, a plan, is done: 0."""
    decision = getattr(result, "decision", None)
    return 0 if decision is None else EXIT[decision.verdict]
