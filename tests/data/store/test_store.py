"""The store, by one body over SQLite and a real PostgreSQL."""

from __future__ import annotations

import traceback
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgresql import PASSWORD, SPELT, PostgreSQL

import decision_widgets as dw
from decision_widgets.data.store import EVERYBODY, MetricStore, Publication, StoredMetric
from decision_widgets.data.store.tables import SCHEMA
from decision_widgets.errors import MetricNotFound, StoreFailed
from decision_widgets.moments import MetricSummary, RefusedMetric

ODD = [
    "o'hara\"; DROP TABLE decision_metric_summaries; --",
    "%s :metric {0} \\",
    "🚕 Fahrgäste / Tag",
    "' OR '1'='1",
    " a ",
]


@pytest.fixture(scope="module")
def past() -> dw.HistorySummary:
    rides = dw.examples.ride_hailing(riders=300, seed=3)
    return dw.summarize(rides, metrics=["booked", "fare"], participant="rider_id", time="time")


@pytest.fixture
def booked(past: dw.HistorySummary) -> MetricSummary:
    found = past.summary("booked")
    assert isinstance(found, MetricSummary)
    return found


@pytest.fixture
def store(url: str) -> MetricStore:
    return MetricStore(url, timeout=10)


def versions(store: MetricStore, metric: str, **words: Any) -> list[int]:
    return [each.version for each in store.history(metric, **words)]


def test_what_is_published_comes_back_to_the_last_digit(store: MetricStore, past: dw.HistorySummary) -> None:
    store.publish(past, population="riders")
    for summary in past.metrics:
        assert store.get(summary.metric) == replace(summary, population="riders")
        assert store.get(summary.metric).to_json() == replace(summary, population="riders").to_json()


def test_another_process_finds_it_by_the_address_alone(url: str, booked: MetricSummary) -> None:
    MetricStore(url).publish(booked)
    assert MetricStore(url).get("booked") == replace(booked, population=EVERYBODY)


def test_the_newest_version_wins_and_the_old_ones_are_kept(store: MetricStore, booked: MetricSummary) -> None:
    corrected = replace(booked, n_rows=booked.n_rows + 1)
    for summary in (booked, corrected):
        store.publish(summary)
    assert versions(store, "booked") == [2, 1]
    assert store.get("booked").n_rows == corrected.n_rows
    assert store.get("booked", version=1).n_rows == booked.n_rows


def test_a_job_that_was_held_up_does_not_cover_what_is_newer(store: MetricStore, booked: MetricSummary) -> None:
    store.publish(replace(booked, as_of="2026-05-08"))
    store.publish(replace(booked, as_of="2026-05-01"))
    assert store.get("booked").as_of == "2026-05-08"
    assert [each.as_of for each in store.history("booked")] == ["2026-05-08", "2026-05-01"]


def test_publishing_the_same_twice_adds_nothing(store: MetricStore, past: dw.HistorySummary) -> None:
    first, second = store.publish(past), store.publish(past)
    assert [each.added for each in first.published] == [True, True]
    assert [(each.added, each.version) for each in second.published] == [(False, 1), (False, 1)]
    assert versions(store, "booked") == [1]


def test_a_correction_taken_back_is_a_version_and_an_old_job_run_again_is_none(
    store: MetricStore, booked: MetricSummary
) -> None:
    corrected = replace(booked, n_rows=booked.n_rows + 1)
    later = replace(booked, as_of="2030-01-01")
    for summary in (booked, corrected, booked, later, booked):
        store.publish(summary)
    assert len(versions(store, "booked")) == 4
    assert store.get("booked").as_of == later.as_of


def test_the_same_rows_in_another_order_are_the_same(store: MetricStore) -> None:
    rides = dw.examples.ride_hailing(riders=300, seed=3)
    words = {"metrics": ["booked", "fare", "wait_minutes"], "participant": "rider_id", "time": "time"}
    metrics = [*words.pop("metrics"), dw.Metric("cancel_rate", numerator="cancelled", denominator="booked")]
    one, other = (
        dw.summarize(each, metrics=metrics, **words) for each in (rides, rides.sample(frac=1, random_state=1))
    )
    assert one.to_json() != other.to_json()
    store.publish(one)
    assert not any(each.added for each in store.publish(other).published)


@pytest.mark.parametrize("change", [1 + 1e-6, -1.0])
def test_a_sum_that_changed_is_a_version(change: float, store: MetricStore, booked: MetricSummary) -> None:
    last = booked.windows[-1]
    changed = replace(last, sum_s3=last.sum_s3 * change)
    store.publish(booked)
    store.publish(replace(booked, windows=(*booked.windows[:-1], changed)))
    assert versions(store, "booked") == [2, 1]


def test_populations_and_windows_are_kept_apart(store: MetricStore, booked: MetricSummary) -> None:
    week = replace(booked, windows=booked.windows[:7])
    store.publish([booked, week], population="riders")
    store.publish(replace(week, n_rows=1), population="drivers")
    assert versions(store, "booked", population="riders", window=7) == [1]
    assert store.get("booked", population="drivers").n_rows == 1
    assert store.get("booked", population="riders").n_days == 14  # the longer of one day
    assert store.get("booked", population="riders", window=7).n_days == 7
    assert [(each.population, each.window) for each in store.list()] == [("drivers", 7), ("riders", 7), ("riders", 14)]


def test_a_table_without_a_time_says_of_which_day_it_is(store: MetricStore) -> None:
    timeless = dw.summarize(dw.examples.ride_hailing(riders=200), metrics="fare", participant="rider_id")
    with pytest.raises(dw.InputError, match="does not say of which day it is true; give as_of="):
        store.publish(timeless)
    assert store.list() == ()
    store.publish(timeless, as_of=date(2026, 5, 28))
    found = store.get("fare")
    assert (found.as_of, found.n_days, store.list()[0].window) == ("2026-05-28", None, None)


def test_all_of_a_publication_is_kept_or_nothing(store: MetricStore, booked: MetricSummary) -> None:
    with pytest.raises(dw.InputError, match="is of 'drivers', not of 'riders'"):
        store.publish([booked, replace(booked, population="drivers")], population="riders")
    assert store.list() == ()


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_just_a_name(name: str, store: MetricStore) -> None:
    column = name
    rides = dw.examples.ride_hailing(riders=200).rename(columns={"fare": column, "rider_id": "ri'der;\""})
    past = dw.summarize(rides, metrics=[column, "booked"], participant="ri'der;\"", time="time")
    store.publish(past, population=name)
    assert store.get(name, population=name).numerator == column
    assert {each.metric for each in store.list()} == {name, "booked"}
    assert [each.population for each in store.history(name)] == [name]
    with pytest.raises(MetricNotFound):
        store.get(name + "x")


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "\ud800", "x" * 301])
def test_a_name_that_not_every_store_can_hold_is_refused_by_all(
    name: str, store: MetricStore, booked: MetricSummary
) -> None:
    with pytest.raises(dw.InputError, match="text of at most 300 characters"):
        store.publish(replace(booked, metric=name))
    with pytest.raises(MetricNotFound):
        store.get(name)


def test_the_longest_name_fits(store: MetricStore, booked: MetricSummary) -> None:
    longest = "🚕" * 300
    store.publish(replace(booked, metric=longest), population=longest)
    assert store.get(longest, population=longest).metric == longest


def test_an_unknown_metric_names_the_nearest(store: MetricStore, past: dw.HistorySummary) -> None:
    with pytest.raises(MetricNotFound, match="holds no metric yet, so not 'bookd' either"):
        store.get("bookd")
    store.publish(past)
    with pytest.raises(
        MetricNotFound, match=r"^The store has no metric 'bookd'. Did you mean 'booked'\? It has: booked, fare"
    ):
        store.get("bookd")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, "is kept for 2 populations: drivers, riders. Say which"),
        ({"population": "ridrs"}, "population 'ridrs'. Did you mean 'riders'"),
        ({"population": "riders", "window": 28}, "has no window of days 28. It has: 7, 14"),
        ({"population": "riders", "version": 3}, "has no version 3. It has: 1"),
    ],
)
def test_what_a_metric_is_not_kept_for_is_said(
    words: dict[str, Any], said: str, store: MetricStore, booked: MetricSummary
) -> None:
    store.publish([booked, replace(booked, windows=booked.windows[:7])], population="riders")
    store.publish(booked, population="drivers")
    with pytest.raises(MetricNotFound, match=said):
        store.get("booked", **words)


def test_a_stored_metric_knows_its_age(store: MetricStore, booked: MetricSummary) -> None:
    store.publish(replace(booked, as_of="2026-05-01"))
    (stored,) = store.list()
    assert stored.age(date(2026, 6, 5)) == 35
    assert stored.codes(date(2026, 6, 5)) == ()
    assert stored.codes(date(2026, 6, 6)) == ("W_STALE",)
    assert StoredMetric.from_json(stored.to_json()) == stored


def test_metrics_that_could_not_be_read_are_handed_on(store: MetricStore, past: dw.HistorySummary) -> None:
    refused = RefusedMetric(metric="tip", what="No row of 'tip' has a value.", remedy="check the join")
    said = store.publish(replace(past, refused=(refused,)))
    assert said.refused == (refused,)
    assert Publication.from_json(said.to_json()) == said
    assert store.publish(replace(past, metrics=(), refused=(refused,))) == Publication(published=(), refused=(refused,))


def test_sums_beyond_numbers_are_refused_and_the_other_metrics_kept(
    store: MetricStore, past: dw.HistorySummary
) -> None:
    booked, fare = past.metrics
    endless = replace(fare, windows=(*fare.windows[:-1], replace(fare.windows[-1], sum_s4=float("inf"))))
    said = store.publish([booked, endless])
    assert [each.metric for each in said.refused] == ["fare"]
    assert [each.metric for each in store.list()] == ["booked"]


@pytest.mark.parametrize("given", [[], "booked", 5, [dw.TypedSummary("booked", mean=0.3)]])
def test_only_summaries_are_published(given: Any, store: MetricStore) -> None:
    with pytest.raises(dw.InputError, match="publish takes summaries"):
        store.publish(given)


def test_tables_of_a_newer_version_are_left_alone(url: str, store: MetricStore, booked: MetricSummary) -> None:
    store.publish(booked)
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:") if "://" in url else f"sqlite:///{url}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE decision_store SET schema_version = :v"), {"v": SCHEMA + 1})
    engine.dispose()
    for doing in (store.list, lambda: store.get("booked"), lambda: store.publish(booked)):
        with pytest.raises(dw.InputError, match=rf"has schema {SCHEMA + 1}; .*Upgrade it"):
            doing()


def test_an_advice_from_the_store_is_the_advice_from_the_data(store: MetricStore) -> None:
    rides = dw.examples.ride_hailing(riders=400, seed=2)
    design = dw.BetweenSubject(
        participant="rider_id", arm="variant", control="control", time="time", metrics=["booked", "fare"]
    )
    past = dw.summarize(rides, metrics=["booked", "fare"], participant="rider_id", time="time")
    store.publish(past, population="riders")
    store.publish(replace(past.metrics[0], n_rows=5), population="drivers")
    direct = dw.advise(design, rides, effect=0.05)
    kept = dw.advise(design, store.of("riders"), effect=0.05, today=past.metrics[0].as_of)
    assert kept.rows == direct.rows
    late = dw.advise(design, store.of("riders", window=14), effect=0.05, today="2031-01-01")
    assert "W_STALE" in {message.code for message in late.messages}
    with pytest.raises(MetricNotFound, match="is kept for 2 populations"):
        dw.advise(design, store, effect=0.05)


@pytest.mark.server
def test_both_kinds_of_store_give_the_same_answers(
    postgresql: PostgreSQL, tmp_path: Path, past: dw.HistorySummary
) -> None:
    stores = [MetricStore(tmp_path / "store.sqlite"), MetricStore(postgresql.new_database())]
    names = ["b", "B", "a b", "a-b", "ä", "🚕", *ODD]  # orders of letters differ from server to server
    for store in stores:
        store.publish([replace(past.metrics[0], metric=name) for name in names], population="é")
        store.publish(past)
    one, other = ([replace(each, published_at="") for each in store.list()] for store in stores)
    assert one == other
    assert [each.metric for each in one] == sorted([*names, "booked", "fare"])
    assert all(stores[0].get(each.metric).to_json() == stores[1].get(each.metric).to_json() for each in one)


def everything_said(problem: BaseException) -> str:
    return "".join(traceback.format_exception(problem)) + repr(problem)


@pytest.mark.server
def test_a_wrong_password_is_one_clear_error_that_does_not_show_it(postgresql: PostgreSQL) -> None:
    wrong = "open sesame%21"
    store = MetricStore(postgresql.url("postgres", password=wrong))
    with pytest.raises(StoreFailed, match=r"cannot be reached: .*password authentication failed") as caught:
        store.list()
    assert "sesame" not in everything_said(caught.value)
    assert str(caught.value).count("\n") == 0
    assert "team:***@127.0.0.1" in str(caught.value)


@pytest.mark.server
def test_a_password_may_hold_any_letter_and_stand_in_the_query(postgresql: PostgreSQL) -> None:
    elsewhere = postgresql.url("postgres").replace(f":{SPELT}", "") + f"?password={SPELT}"
    for address in (postgresql.url("postgres"), elsewhere):
        store = MetricStore(address)
        assert store.list() == ()
        assert PASSWORD not in repr(store)
        assert SPELT not in repr(store)


@pytest.mark.server
def test_a_reader_without_rights_to_write_reads(postgresql: PostgreSQL, past: dw.HistorySummary) -> None:
    address = postgresql.new_database()
    MetricStore(address).publish(past)
    engine = sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE ROLE reader LOGIN PASSWORD 'reads'"))
        connection.execute(sa.text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    engine.dispose()
    reader = MetricStore(address.replace(f"team:{SPELT}", "reader:reads"))
    assert len(reader.list()) == 2
    with pytest.raises(StoreFailed, match="cannot be written: permission denied"):
        reader.publish(replace(past.metrics[0], n_rows=1))
