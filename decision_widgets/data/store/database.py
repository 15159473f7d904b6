"""Transactions with the tables of a store; whatever goes wrong is one clear error without a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from decision_widgets.data.store import tables
from decision_widgets.data.store.address import Address
from decision_widgets.errors import EngineMissing, StoreFailed

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import SQLAlchemyError

# Any number, the same for all publishers: they queue up for it, and nobody else has a reason to.
_QUEUE: Final = 0x6D6574726963
_LOCK_NOT_AVAILABLE: Final = "55P03"


class Database:
    """Opens a connection for each transaction and closes it: safe in forks, threads and notebooks left open."""

    def __init__(self, address: Address, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._opened: Engine | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Begin to read; ``None`` when nobody has published yet."""
        file = self._address.file
        if file is not None and not file.exists():
            yield None
            return
        with self._failing("read"), self._engine().connect() as connection:
            yield connection if tables.are_there(connection, self._address.shown) else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin to publish, one publisher at a time: all of it is kept when the block ends well, else nothing."""
        with self._failing("written"):
            if self._address.file is not None:
                self._address.file.parent.mkdir(parents=True, exist_ok=True)
            with self._engine().execution_options(publishes=True).begin() as connection:
                if self._address.file is None:
                    self._queue_up(connection)
                if not tables.are_there(connection, self._address.shown):
                    tables.create(connection)
                yield connection

    def _queue_up(self, connection: Connection) -> None:
        from sqlalchemy import func, select

        wait = f"{max(1, round(self._timeout * 1000))}ms"
        connection.execute(select(func.set_config("lock_timeout", wait, True)))
        connection.execute(select(func.pg_advisory_xact_lock(_QUEUE)))

    def _engine(self) -> Engine:
        if self._opened is None:
            self._opened = _sqlite(self._address, self._timeout) if self._address.file else self._postgresql()
        return self._opened

    def _postgresql(self) -> Engine:
        from sqlalchemy import NullPool, create_engine

        # Names are prepared once per connection, which poolers between us and the server do not keep.
        given: dict[str, Any] = {"prepare_threshold": None}
        if "connect_timeout" not in self._address.url.query:
            given["connect_timeout"] = max(2, round(self._timeout))
        try:
            return create_engine(
                self._address.url, poolclass=NullPool, isolation_level="READ COMMITTED", connect_args=given
            )
        except ImportError as problem:
            raise EngineMissing(
                f"A store on PostgreSQL needs psycopg: pip install 'decision_widgets[postgres]' ({problem})."
            ) from None

    @contextmanager
    def _failing(self, doing: str) -> Iterator[None]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as problem:
            # Without its cause: a driver may repeat the address that it was given.
            raise self._failure(problem, doing) from None
        except OSError as problem:
            shown = self._address.shown
            raise StoreFailed(f"The store {shown} cannot be {doing}: {problem.strerror or problem}.") from None

    def _failure(self, problem: SQLAlchemyError, doing: str) -> StoreFailed:
        cause = getattr(problem, "orig", None) or problem
        said, shown = str(cause).strip() or type(cause).__name__, self._address.shown
        reason = " ".join(self._address.without_secrets(said).splitlines()[0].split()).rstrip(".")
        if "database is locked" in said or getattr(cause, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return StoreFailed(
                f"The store {shown} was locked by another process for {self._timeout:g} seconds. "
                "Try again, or end the process that holds it."
            )
        if self._address.file is None and "connection" in said:
            return StoreFailed(
                f"The store {shown} cannot be reached: {reason}. Check the server, database, user and password."
            )
        return StoreFailed(f"The store {shown} cannot be {doing}: {reason}.")


def _sqlite(address: Address, timeout: float) -> Engine:
    from sqlalchemy import NullPool, create_engine, event

    engine = create_engine(address.url, poolclass=NullPool, connect_args={"timeout": timeout})

    @event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: Any, _: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A publisher takes its lock before it reads the last version, so no two find the same one.
        publishes = connection.get_execution_options().get("publishes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if publishes else "BEGIN")

    return engine
