"""The exit code of a verdict, for scripts: 0 is to ship, and nothing else is."""

from __future__ import annotations

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


def exit_code(result: Any) -> int:
    """Return the exit code of a result; one that decides nothing, a plan, is done: 0."""
    decision = getattr(result, "decision", None)
    return 0 if decision is None else EXIT[decision.verdict]
