"""How every frozen record becomes plain JSON values and comes back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Self

from cattrs import Converter, transform_error
from cattrs.strategies import use_class_methods
from cattrs.v import format_exception

from decision_widgets.errors import InputError


class Record:
    """Base of the frozen records: one root (`to_dict`), from which every other form is read."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-legal values; what is not finite becomes ``None``."""
        plain: dict[str, Any] = _converter().unstructure(self)
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
            reasons = "; ".join(transform_error(problem, format_exception=_in_words))
            raise InputError(f"This is not a saved {cls.__name__}: {reasons}.") from problem

    def __repr__(self) -> str:
        shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({shown})"


def _in_words(problem: BaseException, wanted: type | None) -> str:
    return str(problem) if isinstance(problem, InputError) else format_exception(problem, wanted)


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    use_class_methods(converter, "_from_plain", "_to_plain")
    converter.register_unstructure_hook(float, lambda value: value if math.isfinite(value) else None)
    return converter


def register_union(union: Any, field: str, members: Mapping[str, type[Record]]) -> None:
    """Say which record a plain value of a union becomes, by the word in one of its fields."""
    converter = _converter()
    converter.register_structure_hook_func(
        lambda kind: kind == union, lambda plain, _: converter.structure(plain, members[plain[field]])
    )
