"""BLAS has one thread where it should, and afterwards as many as before, whoever asks at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from threadpoolctl import threadpool_info

from decision_widgets.estimates.blas import SMALL, one_thread, threads_for


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


BEFORE = threads()
pytestmark = pytest.mark.skipif({1} >= BEFORE, reason="this BLAS has one thread")


def test_a_small_block_has_one_thread_and_a_large_one_all() -> None:
    with threads_for(SMALL - 1):
        assert threads() == {1}
    assert threads() == BEFORE
    with threads_for(SMALL):
        assert threads() == BEFORE


def test_an_error_gives_the_threads_back() -> None:
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert threads() == BEFORE


def test_blocks_within_and_beside_each_other_leave_what_was() -> None:
    @one_thread()
    def again(seconds: float) -> set[int]:
        with one_thread():
            sleep(seconds)
        return threads()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(again, (0.05, 0.01, 0.03, 0.02))) == [{1}] * 4
    assert threads() == BEFORE
