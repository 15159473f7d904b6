"""``decision metrics``: publish the common metrics of a team, list them, show one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from decision_widgets.analysis.common_metrics import publish_common_metrics
from decision_widgets.command.files import read_text
from decision_widgets.data.store import MetricStore, PublishedMetric, StoredMetric
from decision_widgets.design.yaml import read_common_metrics
from decision_widgets.errors import InputError
from decision_widgets.moments import MetricSummary
from decision_widgets.results import Message
from decision_widgets.views import numbers
from decision_widgets.views.text import one_line, table

if TYPE_CHECKING:
    Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_OPTIONS: Final = {
    "population=, or store.of(population) as a history": "--population",
    "as_of=": "--as-of",
    "as_of ": "--as-of ",
}
EXIT_CODES = "Exit code: 0 every metric is published, 3 some could not be read, 2 nothing was published."


def add_verb(verbs: Verbs) -> None:
    """Add ``decision metrics`` and its actions."""
    metrics = verbs.add_parser("metrics", help="the common metrics of a team: publish them, list them, show one")
    actions = metrics.add_subparsers(dest="action", required=True)
    store = argparse.ArgumentParser(add_help=False)
    where = "path of a SQLite file, or postgresql://user@host/database ($DECISION_STORE, else a file of this user)"
    store.add_argument("--store", metavar="URL", help=where)
    publish = actions.add_parser(
        "publish", parents=[store], help="sum up a table and keep what is new; may run twice", epilog=EXIT_CODES
    )
    files = "Parquet or CSV files; a pattern in quotes"
    publish.add_argument("--data", required=True, nargs="+", metavar="PATH_OR_GLOB", help=files)
    publish.add_argument(
        "--config", required=True, type=Path, metavar="FILE", help="YAML: participant, time, metrics …"
    )
    publish.add_argument("--as-of", metavar="DAY", help="up to which day a table without a time is true: 2026-05-28")
    publish.set_defaults(do=_in_options(_publish))
    actions.add_parser("list", parents=[store], help="the newest of each metric, with its age").set_defaults(
        do=_in_options(_list)
    )
    show = actions.add_parser("show", parents=[store], help="what is known of one metric, and its versions")
    show.add_argument("metric", metavar="NAME")
    show.add_argument("--population", help="of whom; may be left out when there is one")
    show.add_argument("--window", type=int, metavar="DAYS", help="its length; left out, the newest")
    show.add_argument("--json", action="store_true", help="the summary itself, to be kept or sent")
    show.set_defaults(do=_in_options(_show))


def _publish(asked: argparse.Namespace) -> int:
    if len(asked.data) > 1:
        raise InputError(
            f"--data takes one path or one pattern; got {len(asked.data)} files, which the shell has put in its place. "
            "Write the pattern in quotes."
        )
    wanted = read_common_metrics(read_text(asked.config, "list of common metrics"))
    done = publish_common_metrics(asked.data[0], wanted, MetricStore(asked.store), as_of=asked.as_of)
    lines = {each.metric: _kept(each) for each in done.published}
    lines |= {each.metric: f"not published: {one_line(each.what)} → {each.remedy}" for each in done.refused}
    width = max(len(one_line(name)) for name in lines)
    for metric in wanted.metrics:
        print(f"{one_line(metric.name):{width}}  {lines[metric.name]}")
    if not done.refused:
        return 0
    return 3 if done.published else 2


def _kept(published: PublishedMetric) -> str:
    version = f"version {published.version}" if published.added else f"unchanged since version {published.version}"
    return f"{version}, {one_line(published.population)}, {_days(published.window)}"


def _list(asked: argparse.Namespace) -> int:
    store = _store(asked)
    stored = store.list()
    if not stored:
        print("Nothing is published yet: decision metrics publish --data … --config …")
        return 0
    header = ("Metric", "Population", "Window", "Kind", "Participants", "Version", "As of", "")
    print(table(header, [[*_cells(each), _warning(each)] for each in stored]))
    return 0


def _store(asked: argparse.Namespace) -> MetricStore:
    """Open the store to read; a path that was given must be there."""
    store = MetricStore(asked.store)
    if asked.store is not None and not store.is_there:
        raise InputError(f"There is no store at {asked.store!r}; correct --store, or publish there first.")
    return store


def _cells(stored: StoredMetric) -> list[str]:
    words = [stored.metric, stored.population, _days(stored.window), stored.kind]
    return [*words, numbers.integer(stored.n_participants), str(stored.version), stored.as_of]


def _warning(stored: StoredMetric) -> str:
    if stored.age() is None:
        return "its day cannot be read; publish it again"
    return "".join(f"{code}: {stored.age()} days old" for code in stored.codes())


def _show(asked: argparse.Namespace) -> int:
    store = _store(asked)
    summary = store.get(asked.metric, population=asked.population, window=asked.window)
    if asked.json:
        print(summary.to_json())
        return 0
    for label, value in _facts(summary).items():
        print(f"{label:14}{one_line(value)}")
    versions = store.history(asked.metric, population=summary.population, window=summary.n_days)
    for code in versions[0].codes():
        message = Message.of(code, metric=summary.metric, days=versions[0].age(), as_of=summary.as_of)
        print(f"\n{code}: {one_line(message.title)} {message.text} → {message.do}")
    print()
    print(table(("Version", "As of", "Published"), [(str(v.version), v.as_of, v.published_at) for v in versions]))
    return 0


def _facts(summary: MetricSummary) -> dict[str, str]:
    last = summary.windows[-1]
    columns = summary.numerator if summary.denominator is None else f"{summary.numerator} / {summary.denominator}"
    age = (date.today() - date.fromisoformat(str(summary.as_of))).days
    per = "" if summary.participant is None else f" ({last.n_observations / last.n_participants:,.2f} each)"
    return {
        "Metric": summary.metric,
        "Kind": f"{summary.kind}: {summary.evidence}",
        "Columns": columns + ("" if summary.participant is None else f", by {summary.participant}"),
        "Population": str(summary.population),
        "Window": _days(summary.n_days) + (f", {summary.first_day} to {summary.last_day}" if summary.time else ""),
        "Participants": numbers.integer(last.n_participants),
        "Observations": numbers.integer(last.n_observations) + per,
        "Level": numbers.level(summary.level, summary.kind),
        "As of": f"{summary.as_of}, {age} days ago",
    }


def _days(window: int | None) -> str:
    if window is None:
        return "no days"
    return "1 day" if window == 1 else f"{window} days"


def _in_options(do: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Let what is wrong be said in the options of the command line, not in the arguments of Python."""

    def done(asked: argparse.Namespace) -> int:
        try:
            return do(asked)
        except InputError as problem:
            text = str(problem)
            for argument, option in _OPTIONS.items():
                text = text.replace(argument, option)
            problem.args = (text,)
            raise

    return done
