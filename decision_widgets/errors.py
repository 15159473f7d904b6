"""Every exception we raise, built from facts so that all messages of a kind read alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class DecisionError(Exception):
    """Anything that decision_widgets raises on purpose."""


class InputError(DecisionError, ValueError):
    """What was given cannot be used; the message says what was expected, what came, where, and what to do."""

    @classmethod
    def together(cls, doing: str, problems: Sequence[str]) -> InputError:
        """Report all problems at once, so that they can be mended at once."""
        if len(problems) == 1:
            return cls(problems[0])
        return cls(f"{doing} has {len(problems)} problems:\n" + "\n".join(f"- {problem}" for problem in problems))


class ColumnNotFound(InputError, LookupError):
    """The table lacks a column that the design names."""

    @classmethod
    def among(cls, column: str, available: Iterable[str], role: str = "") -> ColumnNotFound:
        known = sorted(str(name) for name in available)
        wanted = f" for {role}" if role else ""
        return cls(f"The table has no column {column!r}{wanted}.{did_you_mean(column, known)} It has: {listed(known)}.")


class MetricNotFound(InputError, LookupError):
    """The store of common metrics lacks what was asked for."""

    @classmethod
    def among(cls, metric: str, available: Iterable[str], store: str) -> MetricNotFound:
        known = sorted(available)
        if not known:
            return cls(
                f"The store {store} holds no metric yet, so not {metric!r} either. "
                "Publish first: decision metrics publish, or MetricStore().publish(summarize(data, …))."
            )
        return cls(f"The store has no metric {metric!r}.{did_you_mean(str(metric), known)} It has: {listed(known)}.")


class MissingValues(InputError):
    """Values are missing and the design does not say what to do with them."""


class CannotEstimate(InputError):
    """There is no honest number: `code` says why (``vocabulary.CODES``), `facts` fill its sentences."""

    def __init__(self, code: str, text: str, **facts: object) -> None:
        super().__init__(text)
        self.code = code
        self.facts = facts


class EngineFailed(InputError):
    """The engine that holds the table could not run a statement."""


class StoreFailed(InputError):
    """The store of common metrics cannot be reached, read or written."""


class EngineMissing(DecisionError, ImportError):
    """A library that this input or method needs is not installed."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest known word, or nothing.

    >>> did_you_mean("revenu", ["user", "revenue"])
    " Did you mean 'revenue'?"
    """
    near = get_close_matches(word.lower(), [str(k) for k in known], n=1, cutoff=0.6) or get_close_matches(
        word, [str(k) for k in known], n=1, cutoff=0.6
    )
    return f" Did you mean {near[0]!r}?" if near else ""


def first_line(problem: Exception) -> str:
    """Return what a library's error says before it goes into details, or its kind when it says nothing.

    >>> first_line(ValueError("No such file\\n  at line 3"))
    'No such file'
    """
    return next(iter(str(problem).strip().splitlines()), type(problem).__name__)


def listed(words: Sequence[str], most: int = 12) -> str:
    """Join words for a sentence; a long list is cut and counted.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    if len(words) <= most:
        return ", ".join(words)
    return ", ".join(words[:most]) + f" and {len(words) - most} more"
