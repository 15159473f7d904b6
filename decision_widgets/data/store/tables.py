"""The tables of a store. Versions are added, never changed, so a reader needs no lock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import decision_widgets
from decision_widgets.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData, Table

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """`summaries`: a row per metric, population, window and version; `schema`: one row, how the tables are laid out."""

    everything: MetaData
    schema: Table
    summaries: Table


@cache
def tables() -> Tables:
    """Return the tables, whose names are ours also in a database that others use."""
    from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

    everything = MetaData()
    return Tables(
        everything=everything,
        schema=Table("decision_store", everything, Column("schema_version", Integer, primary_key=True)),
        summaries=Table(
            "decision_metric_summaries",
            everything,
            Column("metric", Text, primary_key=True),
            Column("population", Text, primary_key=True),
            # 0: the table that was summed has no time.
            Column("window_days", Integer, primary_key=True, autoincrement=False),
            Column("version", Integer, primary_key=True, autoincrement=False),
            Column("kind", Text, nullable=False),
            Column("n_participants", BigInteger, nullable=False),
            Column("as_of", Text, nullable=False),
            Column("published_at", Text, nullable=False),
            # Text and not JSONB: the digits of the sums come back as they were written.
            Column("summary", Text, nullable=False),
        ),
    )


def are_there(connection: Connection, shown: str) -> bool:
    """Tell whether the tables are there.

    Raises
    ------
    InputError
        A newer decision_widgets has laid them out.
    """
    from sqlalchemy import func, inspect, select

    if not inspect(connection).has_table(tables().schema.name):
        return False
    found = connection.execute(select(func.max(tables().schema.c.schema_version))).scalar()
    if found is not None and found > SCHEMA:
        raise InputError(
            f"The store {shown} has schema {found}; decision_widgets {decision_widgets.__version__} knows those up to "
            f"{SCHEMA}. Upgrade it: pip install --upgrade decision_widgets."
        )
    return found is not None


def create(connection: Connection) -> None:
    """Create the tables; part of the transaction, so a killed publisher leaves none half-made."""
    tables().everything.create_all(connection)
    connection.execute(tables().schema.insert().values(schema_version=SCHEMA))
