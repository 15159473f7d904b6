"""How every frozen record becomes plain JSON values and comes back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from decision_widgets.errors import InputError

if TYPE_CHECKING:
    from cattrs import Converter

LONGEST_REPR: Final = 100
_UNIONS: Final[list[tuple[Any, str, Mapping[str, type[Record]]]]] = []


class Record:
    """Base of the frozen records: one root (`to_dict`), from which every other form is read."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-legal values; what is not finite becomes ``None``."""
        # What people write has a plain form of its own, which needs no converter.
        own = _is_written_by_people(self)
        plain: dict[str, Any] = self._to_plain() if own else _converter().unstructure(self)  # type: ignore[attr-defined]  # told above
        return plain

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return `to_dict` as JSON text; the same inputs give the same text."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Restore a record from `to_dict`."""
        try:
            return _converter().structure(plain, cls)
        except InputError:
            raise
        except Exception as problem:
            from cattrs import transform_error

            reasons = "; ".join(transform_error(problem, format_exception=_in_words))
            raise InputError(f"This is not a saved {cls.__name__}: {reasons}.") from problem

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Restore a record from `to_json`."""
        try:
            plain = json.loads(text)
        except (ValueError, TypeError) as problem:
            raise InputError(f"This is not a saved {cls.__name__}: it is not JSON text ({problem}).") from problem
        return cls.from_dict(plain)

    def __repr__(self) -> str:
        line = _line(self)
        if len(line) <= LONGEST_REPR or not _is_written_by_people(self):
            return line
        return f"{type(self).__name__}(\n" + "".join(f"    {part},\n" for part in _arguments(self)) + ")"


class Versioned(Record):
    """Base of the records that are kept: their plain form names its schema, and another one is refused."""

    __slots__ = ()
    SCHEMA: ClassVar[str]
    CALLED: ClassVar[str]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-legal values with their schema; what is not finite becomes ``None``."""
        return {"schema": self.SCHEMA} | super().to_dict()

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Restore a record from `to_dict`."""
        schema = plain.get("schema") if isinstance(plain, Mapping) else None
        if schema != cls.SCHEMA:
            raise InputError(f"A saved {cls.CALLED} has schema {cls.SCHEMA!r}; got {schema!r}.")
        return super().from_dict({key: plain[key] for key in plain if key != "schema"})


def _line(record: Record) -> str:
    return f"{type(record).__name__}({', '.join(_arguments(record))})"


def _is_written_by_people(record: object) -> bool:
    # Designs and metrics leave their defaults out of their plain form; their repr does too, and evaluates back.
    return isinstance(record, Record) and hasattr(record, "_to_plain")


def _arguments(record: Record) -> Iterator[str]:
    plain = record._to_plain() if _is_written_by_people(record) else None  # type: ignore[attr-defined]  # told above
    for field in fields(record):  # type: ignore[arg-type]  # dataclasses all
        value = getattr(record, field.name)
        if plain is None or (field.init and field.name in plain):
            shown = _list(value) if _is_list_of_records(value) else repr(plain[field.name] if plain else value)
            yield f"{field.name}={shown}" if field.kw_only else shown


def _is_list_of_records(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(map(_is_written_by_people, value))


def _list(records: tuple[Record, ...]) -> str:
    line = f"[{', '.join(map(_line, records))}]"
    return (
        line
        if len(line) <= LONGEST_REPR
        else "[\n" + "".join(f"        {_line(each)},\n" for each in records) + "    ]"
    )


def _in_words(problem: BaseException, wanted: type | None) -> str:
    from cattrs.v import format_exception

    return str(problem) if isinstance(problem, InputError) else format_exception(problem, wanted)


@cache
def _converter() -> Converter:
    from cattrs import Converter
    from cattrs.strategies import use_class_methods

    converter = Converter(forbid_extra_keys=True)
    use_class_methods(converter, "_from_plain", "_to_plain")
    converter.register_unstructure_hook(float, lambda value: value if math.isfinite(value) else None)
    for union, field, members in _UNIONS:
        _register(converter, union, field, members)
    return converter


def _register(converter: Converter, union: Any, field: str, members: Mapping[str, type[Record]]) -> None:
    converter.register_structure_hook_func(
        lambda kind: kind == union, lambda plain, _: converter.structure(plain, members[plain[field]])
    )


def register_union(union: Any, field: str, members: Mapping[str, type[Record]]) -> None:
    """Say which record a plain value of a union becomes, by the word in one of its fields."""
    _UNIONS.append((union, field, members))
    _converter.cache_clear()
