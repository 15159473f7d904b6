"""Where a store is, and what may be shown of its address: never a password."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

from decision_widgets.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import URL

VARIABLE: Final = "DECISION_STORE"
FILE_NAME: Final = "common-metrics.sqlite"
_ACCEPTED: Final = "A store is the path of a SQLite file, or postgresql://user@host:5432/database"


@dataclass(frozen=True, slots=True)
class Address:
    """A SQLite file, or a PostgreSQL database."""

    url: URL = field(repr=False)
    shown: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    file: Path | None = None

    def without_secrets(self, text: str) -> str:
        """Return what somebody else said, without the password."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def read_address(given: str | os.PathLike[str] | None) -> Address:
    """Return where a store is: as given, else as the environment variable says, else a file of this user.

    Raises
    ------
    InputError
        It is neither a path nor the address of a SQLite or PostgreSQL database. What was given is not repeated in the
        message, for there may be a password in it.
    """
    if given is None:
        given = os.environ.get(VARIABLE) or _own_file()
    if isinstance(given, os.PathLike):
        return _of_file(os.fspath(given))
    if not isinstance(given, str) or not given.strip():
        raise InputError(f"{_ACCEPTED}; got {'an empty text' if isinstance(given, str) else type(given).__name__}.")
    return _of_url(given) if "://" in given else _of_file(given)


def _own_file() -> Path:
    from platformdirs import user_data_path

    return user_data_path("decision_widgets", appauthor=False) / FILE_NAME


def _of_file(path: str) -> Address:
    from sqlalchemy import URL

    file = Path(os.path.abspath(os.path.expanduser(path)))
    return Address(url=URL.create("sqlite", database=str(file)), shown=str(file), file=file)


def _of_url(text: str) -> Address:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
        dialect = url.drivername.partition("+")[0]
    except (ArgumentError, ValueError):
        # Without its cause, which may repeat the text.
        raise InputError(f"The address of the store cannot be read. {_ACCEPTED}.") from None
    if dialect == "sqlite":
        if not url.database or ":memory:" in url.database:
            raise InputError("A store in memory would be forgotten at once; give the path of a file.")
        return _of_file(url.database)
    if dialect not in ("postgresql", "postgres"):
        raise InputError(f"{_ACCEPTED}; there is none on {dialect!r}.")
    hidden = {key: "***" for key in url.query if "password" in key.lower()}
    shown = url.set(drivername="postgresql").update_query_dict(hidden).render_as_string(hide_password=True)
    return Address(url=url.set(drivername="postgresql+psycopg"), shown=shown, secrets=_spellings(_secrets(url)))


def _secrets(url: URL) -> Iterable[str]:
    yield str(url.password or "")
    for key, value in url.query.items():
        if "password" in key.lower():
            yield from (value,) if isinstance(value, str) else value


def _spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    every = {spelt for secret in secrets if secret for spelt in (secret, quote(secret, safe=""), quote_plus(secret))}
    return tuple(sorted(every, key=len, reverse=True))
