"""A card whose frame has changed says so after the next cell, and reads it again on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from made import design, experiment

import decision_widgets as dw
from decision_widgets.cards import ResultCard, freshness
from decision_widgets.results.shown import shown_now


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    made.user_ns.update(dw=dw, pd=pd, df=experiment(200), design=design("spend"))
    freshness._cards.clear()
    yield made
    freshness._cards.clear()
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell: InteractiveShell) -> Callable[[str], None]:
    def cell(code: str) -> None:
        shell.run_cell(code).raise_error()

    return cell


def show(shell: InteractiveShell, name: str = "result") -> ResultCard:
    """Show a result as the notebook does."""
    result = shell.user_ns[name]
    card = ResultCard(shown_now(result))
    card.follow(result)
    return card


def reason(card: ResultCard) -> str | None:
    state = card.payload["state"]
    return None if state == "ready" else str(state["stale"]["reason"])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1", None),
        ("df = df.copy()", None),
        ("df['unread'] = 1", None),
        ("del df", None),
        ("df = 'gone'", None),
        ("df.loc[3, 'spend'] = 9.0", "df has other values in 'spend' than when this ran at"),
        ("df = pd.concat([df, df.iloc[:5]])", "df has 5 more rows than when this ran at"),
        ("df = df.drop(columns='spend')", "df no longer has the column 'spend' that it had when this ran at"),
    ],
)
def test_the_next_cell_tells_the_card(
    shell: InteractiveShell, run: Callable[[str], None], code: str, said: str | None
) -> None:
    run("result = dw.analyze(df, design)")
    card = show(shell)
    run(code)
    found = reason(card)
    assert found is None if said is None else (found or "").startswith(said)
    if said:
        assert "Out of date." in card.html
        assert 'class="dw-result dw-stale"' in card.html


def test_a_frame_that_is_as_it_was_again_is_not_out_of_date(
    shell: InteractiveShell, run: Callable[[str], None]
) -> None:
    run("result = dw.analyze(df, design); kept = df")
    card = show(shell)
    run("df = df.iloc[1:]")
    assert reason(card)
    run("df = kept")
    assert reason(card) is None
    assert "dw-stale" not in card.html


def ask(card: ResultCard, act: str, at: int = 1) -> None:
    card.controls = {**card.controls, "stale": {"act": act, "at": at}}


def test_run_again_gives_the_card_and_the_variable_the_new_numbers(
    shell: InteractiveShell, run: Callable[[str], None]
) -> None:
    run("result = same = dw.analyze(df, design, methods=['student'])")
    card = show(shell)
    run("df.loc[df.variant == 'treatment', 'spend'] += 5")
    ask(card, "again")
    new = shell.user_ns["result"]
    assert new == dw.analyze(shell.user_ns["df"], design("spend"), methods=["student"])
    assert new is shell.user_ns["same"]
    assert card.payload["cards"] == new.to_payload()["cards"]
    assert reason(card) is None
    run("x = 2")
    assert reason(card) is None
    run("df = df.iloc[2:]")
    assert reason(card)


def test_keep_stays_with_the_old_numbers_until_the_next_change(
    shell: InteractiveShell, run: Callable[[str], None]
) -> None:
    run("result = dw.analyze(df, design)")
    card = show(shell)
    before = card.payload["cards"]
    run("df = df.iloc[1:]")
    ask(card, "keep")
    run("x = 3")
    assert (reason(card), card.payload["cards"]) == (None, before)
    run("df = df.iloc[1:]")
    assert reason(card)


def test_what_goes_wrong_the_second_time_is_said_above_the_old_numbers(
    shell: InteractiveShell, run: Callable[[str], None]
) -> None:
    run("result = dw.analyze(df, design)")
    card = show(shell)
    before = card.payload["cards"]
    run("df = df.drop(columns='spend')")
    ask(card, "again")
    assert "spend" in card.error
    assert card.payload["cards"] == before
    assert reason(card)
    ask(card, "keep")
    assert reason(card) is None
    run("df = df.iloc[1:]")
    assert reason(card) is None


def test_looks_are_followed_but_not_repeated_by_themselves(shell: InteractiveShell, run: Callable[[str], None]) -> None:
    shell.user_ns["df"] = experiment(300).assign(time=pd.Timestamp("2026-11-01"))
    run("result = dw.monitor(df, dw.BetweenSubject(**{'participant': 'user', 'arm': 'variant', 'control': 'control',"
        " 'metrics': ['spend'], 'time': 'time'}))")  # fmt: skip
    card = show(shell)
    run("df = df.iloc[1:]")
    assert card.payload["state"]["stale"]["again"] is False


def test_without_a_notebook_nothing_is_followed() -> None:
    result = dw.analyze(experiment(100), design())
    card = ResultCard(result.to_payload())
    card.follow(result)
    card.look_again()
    assert not freshness._cards
    assert card.payload["state"] == "ready"


def test_only_the_last_cards_are_told(shell: InteractiveShell, run: Callable[[str], None]) -> None:
    run("result = dw.analyze(df, design)")
    cards: list[Any] = [show(shell) for _ in range(freshness.MOST_FOLLOWED + 1)]
    run("df = df.iloc[1:]")
    assert [reason(card) is None for card in cards] == [True] + [False] * freshness.MOST_FOLLOWED
