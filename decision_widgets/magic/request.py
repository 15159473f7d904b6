"""The line of a cell, read: which verb, which data, what the answer is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, Final

from IPython.core.error import UsageError

from decision_widgets import checks
from decision_widgets.errors import did_you_mean, listed

VERBS: Final = ("analyze", "advise", "monitor", "design")
_ASSIGNED: Final = re.compile(r"\s*(\S+?)\s*<<(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRequest:
    """What the line of a cell asks for; `question` is what the verb takes beside the design and the data."""

    verb: str
    data: str | None
    name: str | None
    quiet: bool
    question: Mapping[str, Any]

    @classmethod
    def of(cls, asked: Any, assigned: str | None = None) -> CellRequest:
        """Read the parsed options of a line, and the name before ``<<``; every problem is a UsageError."""
        if asked.verb not in VERBS:
            raise UsageError(
                f"%%decision has no verb {asked.verb!r}.{did_you_mean(asked.verb, VERBS)} It knows: {listed(VERBS)}."
            )
        data, name = unquoted(asked.data), unquoted(asked.name)
        if name is not None and assigned is not None:
            raise UsageError(f"The answer has two names, {assigned!r} before << and {name!r} after --as; give one.")
        name = assigned if name is None else name
        if name is not None:
            _check_name(name, data)
        return cls(verb=asked.verb, data=data, name=name, quiet=asked.quiet, question=_question(asked))


def split_assignment(line: str) -> tuple[str | None, str]:
    """Part the name that receives the answer from the rest of the line.

    >>> split_assignment("result << analyze --data df")
    ('result', ' analyze --data df')
    """
    found = _ASSIGNED.fullmatch(line)
    return (found[1], found[2]) if found else (None, line)


def unquoted(word: str | None) -> str | None:
    """Take quotation marks off; IPython splits the line as Windows would, and leaves them on."""
    if word and len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1]
    return word


def _question(asked: Any) -> dict[str, Any]:
    question = {
        name: read(name, given)
        for verb, names in _OF.items()
        for name, read in names.items()
        if (given := getattr(asked, name)) is not None and (verb == asked.verb or _refuse(name, verb, asked.verb))
    }
    if asked.absolute:
        question["relative"] = asked.verb != "advise" and _refuse("absolute", "advise", asked.verb)
    return question


def _refuse(word: str, verb: str, other: str) -> bool:
    raise UsageError(f"--{word} belongs to {verb}; {other} does not take it.")


def _number(name: str, text: str) -> float:
    written = str(unquoted(text))
    try:
        value = checks.number_in(written)
    except ValueError:
        raise UsageError(f"--{name} must be a number, for example 0.02 or 2%; got {text!r}.") from None
    return int(value) if value == int(value) and name in ("participants", "days", "draws") else value


def _days(name: str, text: str) -> list[str]:
    return [day.strip() for day in str(unquoted(text)).split(",") if day.strip()]


_OF: Final[dict[str, dict[str, Callable[[str, str], Any]]]] = {
    "advise": dict.fromkeys(("effect", "participants", "days", "traffic", "draws"), _number),
    "monitor": {"looks": _days},
}


def _check_name(name: str, data: str | None) -> None:
    if not name.isidentifier() or iskeyword(name):
        raise UsageError(f"--as needs a name that Python can assign to, for example --as result; got {name!r}.")
    if name == data:
        raise UsageError(
            f"--as {name} would overwrite the data; give the result another name, for example --as result."
        )
