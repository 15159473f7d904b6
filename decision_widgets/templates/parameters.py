"""The parameters cell of a guided notebook: what it asks, how an answer is read from text, how it is written back."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

import yaml

from decision_widgets import checks
from decision_widgets.errors import InputError, did_you_mean, listed

Type: TypeAlias = Literal["text", "number", "whole", "yes-no", "list", "mapping", "any"]

WANTS: Final[dict[str, str]] = {
    "text": "text",
    "number": "a number, for example 0.02 or 2%",
    "whole": "a whole number",
    "yes-no": "true or false",
    "list": "a list, for example [booked, fare]",
    "mapping": "names with values, for example {control: 0.5, treatment: 0.5}",
    "any": "a JSON value (a finite number, text, true, false, null, or a list or object of these)",
}
_ANNOTATIONS: Final[dict[str, Type]] = {
    "str": "text",
    "float": "number",
    "int": "whole",
    "bool": "yes-no",
    "list": "list",
    "tuple": "list",
    "dict": "mapping",
}
_CHOICES: Final = re.compile(r'("[^"]+"|\'[^\']+\')((, | or |, or )("[^"]+"|\'[^\']+\'))+:')
_QUOTED: Final = re.compile(r"[\"']([^\"']+)[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One name that a template lets you set.

    `default` is the value it has when you do not, `help` the comment beside or above it, `choices` the only words it
    takes (none listed: any); an `is_optional` one may be left empty, which is ``None``.
    """

    name: str
    default: Any
    type: Type = "any"
    help: str = ""
    choices: tuple[str, ...] = ()
    is_optional: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain JSON values."""
        return asdict(self) | {"choices": list(self.choices), "text": self.written(self.default)}

    def written(self, value: Any) -> str:
        """Write a value as a person would type it; `read` gives it back."""
        if value is None:
            return ""
        if isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value):
            return "[\n" + ",\n".join(f"  {_json(item)}" for item in value) + "\n]"
        if not isinstance(value, str) or self.type not in ("text", "any"):
            return _json(value)
        if not value:
            return '""' if self.is_optional or self.type == "any" else ""
        is_itself = value.isprintable() and value == value.strip() and _any(value) == value and value != "None"
        return value if is_itself else _json(value)

    def read(self, text: str) -> Any:
        """Read what a person typed.

        Raises
        ------
        InputError
            It is not of this type; the message says what is wanted, with an example.
        """
        said = text.strip()
        if said in ("", "None", "null"):
            if self.is_optional:
                return None
            if not said and self.type == "text" and not self.choices:
                return ""
            if not said:
                raise InputError(f"{self.name} must be {self.wants()}; it was left empty.")
        try:
            value = _plain(_READERS[self.type](said))
        except (ValueError, TypeError, ArithmeticError, RecursionError, yaml.YAMLError):
            raise InputError(self._refusal(said)) from None
        problem = self.problem(value, said)
        if problem is not None:
            raise InputError(problem)
        return value

    def problem(self, value: Any, came: str | None = None) -> str | None:
        """Say what is wrong with a plain value, if anything; `came` is how it was typed."""
        if value is None and (self.is_optional or self.type == "any"):
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = {
            "text": isinstance(value, str),
            "number": is_number,
            "whole": is_number and value == int(value),
            "yes-no": isinstance(value, bool),
            "list": isinstance(value, list),
            "mapping": isinstance(value, dict),
            "any": True,
        }[self.type]
        if fits and (not self.choices or value in self.choices):
            return None
        return self._refusal(_json(value) if came is None else came)

    def wants(self) -> str:
        """Say what it takes, in words."""
        said = "one of " + listed([*self.choices]) if self.choices else WANTS[self.type]
        return f"{said}, or empty" if self.is_optional and self.type != "any" else said

    def _refusal(self, came: str) -> str:
        short = came if len(came) <= 60 else f"{came[:59]}…"
        return f"{self.name} must be {self.wants()}; got {short}.{did_you_mean(came, self.choices)}"


def read_parameters(source: str) -> tuple[Parameter, ...]:
    """Read the names that a parameters cell sets to literals, with their types and comments."""
    comments = _comments(source)
    found = list(_literals(source))
    last_on_line = {node.end_lineno: name for name, _, node, _ in found}
    return tuple(
        _parameter(name, default, node.annotation if isinstance(node, ast.AnnAssign) else None, help_)
        for name, default, node, _ in found
        for help_ in [_help(comments, node, is_last=last_on_line[node.end_lineno] == name)]
    )


def with_values(source: str, values: Mapping[str, Any]) -> str:
    """Write values in the place of those in a parameters cell; nothing else moves."""
    # ast counts columns in UTF-8 bytes and ends a line at a line feed only, unlike str.splitlines.
    text = source.encode()
    starts = [0, *(match.end() for match in re.finditer(b"\n", text))]
    for name, _, _, node in reversed(list(_literals(source))):
        if name in values:
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            text = text[:start] + repr(values[name]).encode() + text[end:]
    return text.decode()


def plain_values(parameters: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what can be written as a literal, and what is wrong with the others."""
    values, problems = {}, {}
    for name, value in parameters.items():
        try:
            values[name] = _plain(value)
        except (TypeError, ValueError, RecursionError):
            problems[name] = f"The parameter {name!r} must be {WANTS['any']}; it came as {type(value).__name__}."
    return values, problems


def _literals(source: str) -> Iterator[tuple[str, Any, ast.Assign | ast.AnnAssign, ast.expr]]:
    for statement in ast.parse(source).body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=node)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as node)
            ):
                try:
                    yield name, _plain(ast.literal_eval(node)), statement, node
                except (TypeError, ValueError):
                    continue


def _plain(value: Any) -> Any:
    # Through JSON and back: what is then written with repr can only be a literal, never a subclass with its own repr.
    return json.loads(json.dumps(value, allow_nan=False))


def _parameter(name: str, default: Any, annotation: ast.expr | None, help_: str) -> Parameter:
    said = _CHOICES.match(help_)
    choices: tuple[str, ...] = ()
    if said and default in _QUOTED.findall(said[0]):
        choices, help_ = tuple(_QUOTED.findall(said[0])), help_[said.end() :].strip()
    type_, is_optional = _type_of(default), default is None
    for part in _alternatives(annotation):
        match part:
            case ast.Constant(value=None):
                is_optional = True
            case ast.Subscript(value=ast.Name(id="Literal"), slice=words):
                choices = tuple(str(word) for word in _words(words))
            case ast.Name(id=word) | ast.Subscript(value=ast.Name(id=word)):
                type_ = _ANNOTATIONS.get(word, type_)
    return Parameter(
        name=name,
        default=default,
        type=type_,
        help=help_,
        choices=choices,
        is_optional=is_optional or "or None" in help_,
    )


def _type_of(default: Any) -> Type:
    if isinstance(default, bool):
        return "yes-no"
    kinds: dict[type, Type] = {str: "text", int: "number", float: "number", list: "list", dict: "mapping"}
    return kinds.get(type(default), "any")


def _alternatives(annotation: ast.expr | None) -> Iterator[ast.expr]:
    match annotation:
        case None:
            return
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case _:
            yield annotation


def _words(node: ast.expr) -> list[Any]:
    words = ast.literal_eval(node)
    return list(words) if isinstance(words, tuple) else [words]


def _comments(source: str) -> dict[int, tuple[str, bool]]:
    """Return the comments by line, and whether each has its line to itself."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: (token.string.lstrip("# ").rstrip(), not token.line[: token.start[1]].strip())
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _help(comments: Mapping[int, tuple[str, bool]], statement: ast.stmt, *, is_last: bool) -> str:
    beside, is_alone = comments.get(statement.end_lineno or 0, ("", True))
    if is_last and not is_alone:
        return beside
    above, line = [], statement.lineno - 1
    while statement.col_offset == 0 and line in comments and comments[line][1]:
        above.append(comments[line][0])
        line -= 1
    return " ".join(reversed(above))


class _Loader(yaml.SafeLoader):
    """YAML in which only numbers, null, true and false are anything but text: no dates, no yes and no."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read here")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in ("int", "float", "null")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false|True|False)$"), list("tfTF"))


def _any(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said


def _text(said: str) -> str:
    value = _any(said)
    return value if isinstance(value, str) else said


def _number(said: str) -> float:
    value = checks.number_in(said)
    return int(value) if value == int(value) and said.lstrip("+-").isdigit() else value


def _yes_no(said: str) -> bool:
    word = said.lower()
    if word not in ("true", "yes", "false", "no"):
        raise ValueError(said)
    return word in ("true", "yes")


def _list(said: str) -> Any:
    if said in ("None", "null"):
        raise ValueError(said)
    return _flow(said) if said.startswith("[") else [part.strip() for part in said.split(",")]


def _mapping(said: str) -> Any:
    if not said.startswith("{") and ":" not in said:
        raise ValueError(said)
    return _flow(said if said.startswith("{") else f"{{{said}}}")


def _flow(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return yaml.load(said, Loader=_Loader)  # _Loader is a SafeLoader that reads less


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_READERS: Final[dict[Type, Callable[[str], Any]]] = {
    "text": _text,
    "number": _number,
    "whole": _number,
    "yes-no": _yes_no,
    "list": _list,
    "mapping": _mapping,
    "any": _any,
}
