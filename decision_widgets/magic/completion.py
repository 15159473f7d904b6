"""What may stand at the cursor of a ``%%decision`` cell: verbs, options, tables, keys, and the values of a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args, get_origin, get_type_hints

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher
from IPython.core.interactiveshell import InteractiveShell

from decision_widgets.design import Metric, Monitoring
from decision_widgets.design.yaml import DESIGNS, keys_of_design, keys_of_metric
from decision_widgets.magic.cell import tables
from decision_widgets.magic.examples import EXAMPLES
from decision_widgets.magic.request import VERBS, split_assignment

OPTIONS: Final = {
    "": ("--data", "--as", "--quiet"),
    "advise": ("--effect", "--absolute", "--participants", "--days", "--traffic", "--draws"),
    "monitor": ("--looks",),
}
COLUMNS: Final = frozenset(
    {"participant", "arm", "time", "region", "strata", "segments", "covariates", "numerator", "denominator"}
    | {"controls", "fixed_effects"}
)
_KEY_AND_VALUE: Final = re.compile(r"(?:^|[\s{,-])([A-Za-z_]\w*)\s*:\s*(?:\[(?:[^\],]*,)*\s*)?([\w-]*)$")
_WORD: Final = re.compile(r"[\w-]*$")


@dataclass(frozen=True, slots=True)
class Completion:
    """Completes the cells of one shell."""

    NAME: ClassVar[str] = "decision_widgets"
    shell: InteractiveShell

    @property
    def matcher(self) -> Any:
        """The function that IPython's completer asks."""

        @context_matcher(identifier=self.NAME)
        def matcher(context: CompletionContext) -> dict[str, Any]:
            lines = context.full_text.split("\n")
            if not lines[0].lstrip().startswith("%%decision"):
                return {"completions": []}
            before = [*lines[: context.cursor_line], lines[context.cursor_line][: context.cursor_position]]
            word, found = at_cursor(before, lines, self.shell.user_ns)
            fitting = [each for each in found if each.startswith(word)]
            completions = [SimpleCompletion(text=each, type="keyword") for each in fitting]
            return {"completions": completions, "matched_fragment": word, "suppress": True}

        return matcher


def at_cursor(before: list[str], lines: list[str], known: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the word at the cursor, and all that could stand there.

    Parameters
    ----------
    before : list of str
        The lines up to the cursor, the last one cut there; the first is that of the magic.
    lines : list of str
        The whole cell.
    known : dict
        The variables of the notebook.
    """
    if len(before) == 1:
        return _in_the_first_line(before[0], known)
    kind = next((found[1] for line in lines if (found := re.match(r"design:\s*([\w-]+)", line))), "between-subject")
    kind = kind if kind in DESIGNS else "between-subject"
    within = _within(before)
    if within not in ("", "metrics", "monitoring"):
        return "", []
    record: Any = {"metrics": Metric, "monitoring": Monitoring}.get(within, DESIGNS[kind])
    value = _KEY_AND_VALUE.search(before[-1])
    if value is not None:
        return value[2], _values(record, value[1], _columns(lines[0], known))
    names = {"metrics": keys_of_metric(), "monitoring": tuple(get_type_hints(Monitoring))}
    keys = names.get(within, keys_of_design(kind))
    said = {found[1] for line in lines if not within and (found := re.match(r"(\w+)\s*:", line))}
    is_bare_metric = within == "metrics" and re.search(r"-\s*[\w-]*$|\[[^\]{]*$", before[-1]) is not None
    offered = [f"{key}: " for key in keys if key not in said]
    word = _WORD.search(before[-1])
    columns = _columns(lines[0], known) if is_bare_metric else []
    return word[0] if word else "", [*columns, *offered]


def _in_the_first_line(line: str, known: dict[str, Any]) -> tuple[str, list[str]]:
    said = line.lstrip().removeprefix("%%decision")
    _, rest = split_assignment(said)
    words = rest.split()
    word = "" if not words or rest[-1:].isspace() else words.pop()
    if words[-1:] in (["--data"], ["-d"]):
        return word, tables(known)
    if words[-1:] == ["--example"]:
        return word, [*EXAMPLES]
    verb = next((each for each in words if each in VERBS), None)
    if verb is None:
        return word, [*VERBS, "--example"]
    return word, [each for each in (*OPTIONS[""], *OPTIONS.get(verb, ())) if each not in words]


def _within(before: list[str]) -> str:
    """Name the key of the design whose value the cursor stands in; empty between the keys."""
    line = before[-1]
    opened = re.match(r"(\w+)\s*:\s*[\[{]", line)
    if opened is not None:
        return opened[1] if opened[1] in ("metrics", "monitoring", "arms", "checklist") else ""
    if line[:1] not in (" ", "-"):
        return ""
    above = (re.match(r"(\w+)\s*:", each) for each in reversed(before[1:-1]))
    return next((found[1] for found in above if found), "")


def _values(record: Any, key: str, columns: list[str]) -> list[str]:
    if key == "design":
        return [*DESIGNS]
    if key in COLUMNS or (key == "name" and record is Metric) or key == "metrics":
        return columns
    return list(_words(get_type_hints(record).get(key)))


def _words(hint: Any) -> Iterator[str]:
    if hint is bool:
        yield from ("true", "false")
    elif get_origin(hint) is Literal:
        yield from (str(word) for word in get_args(hint))
    else:
        for part in get_args(hint):
            yield from _words(part)


def _columns(first: str, known: dict[str, Any]) -> list[str]:
    """Return the columns of the table that the first line names, when it is one of the notebook."""
    named = re.search(r"(?:--data|-d)[\s=]+['\"]?(\w+)", first)
    columns = getattr(known.get(named[1]), "columns", None) if named else None
    return [] if columns is None else [str(name) for name in columns]
