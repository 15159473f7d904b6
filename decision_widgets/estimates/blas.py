"""How many threads BLAS has: in small products they wait for each other, and for an engine's, longer than they work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

SMALL: Final = 10_000_000
"""Multiplications up to which one thread is enough."""
_LOCK: Final = RLock()  # the number of threads is the process's: two limits that overlap would leave the smaller one


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep BLAS on one thread in this block; afterwards it has as many as before."""
    with _LOCK, _controller().limit(limits=1, user_api="blas"):
        yield


def threads_for(multiplications: int) -> AbstractContextManager[None]:
    """Keep BLAS on one thread for a block of so few multiplications; for more it has as many as there are."""
    return one_thread() if multiplications < SMALL else nullcontext()


@cache
def _controller() -> ThreadpoolController:
    import scipy.linalg  # noqa: F401  # brings a BLAS of its own, which is to be known too
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
