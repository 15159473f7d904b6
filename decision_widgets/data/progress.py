"""What a long read says while it lasts, and how it hears Ctrl-C.

Engines don't listen while they compute, so statements run in a thread that ends with the read, and whoever asked waits
here: a signal is heard at once, and there is time to tell how far the statement has come.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from decision_widgets.errors import InputError
from decision_widgets.views.live import progress_view

T = TypeVar("T")
THREAD: Final = "decision_widgets statements"
FIRST_WORD_AFTER: Final = 2.0
EVERY: Final = 0.2
GRACE: Final = 0.5
"""Seconds: when the line appears, how often it is renewed, how long a cancelled statement may take to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a read has come.

    Attributes
    ----------
    stage : str
        What is being done, in words.
    share : float or None
        Done of the running statement, 0 to 1; ``None`` when the engine does not say.
    seconds : float
        Since the read began.
    """

    stage: str
    share: float | None
    seconds: float


Listener = Callable[[Progress], object]


class Watch:
    """Watches over one read; whoever conducts it names the stages, engines run their statements through it."""

    def __init__(self, listener: Listener | None = None, *, silent_for: float = 0.0) -> None:
        self.asked = listener is not None
        self._listener = listener
        self._silent_for = silent_for
        self._began = monotonic()
        self._stage = "Opening the table"
        self._statements: SimpleQueue[_Statement[Any] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._last: _Statement[Any] | None = None

    def stage(self, words: str) -> None:
        """Say what is done from here on."""
        self._stage = words
        self._tell(lambda: None)

    def run(self, work: Callable[[], T], *, cancel: Callable[[], object], share: Callable[[], float | None]) -> T:
        """Run a statement and return what it returns; when the caller is interrupted, `cancel` it and pass that on."""
        statement = _Statement(work)
        try:
            self._hand_over(statement)
            while not statement.ended.wait(EVERY):
                self._tell(share)
        except BaseException:
            with suppress(Exception):  # an engine that is gone has nothing left to cancel
                cancel()
            statement.ended.wait(GRACE)
            raise
        return statement.result()

    def far(self, share: float) -> bool:
        """Tell how far work of ours has come; return whether the listener asked to stop, by returning True."""
        return self._tell(lambda: share) is True

    def end(self) -> None:
        """Let the thread end; one that an interrupt left computing is not waited for again."""
        self._statements.put(None)
        if self._thread is not None and (self._last is None or self._last.ended.is_set()):
            self._thread.join(GRACE)

    def _hand_over(self, statement: _Statement[Any]) -> None:
        # One thread for all statements of a read: in a new one DuckDB would allocate everything anew.
        if self._thread is None:
            self._thread = Thread(target=_work_off, args=(self._statements,), name=THREAD, daemon=True)
            self._thread.start()
        self._last = statement
        self._statements.put(statement)

    def _tell(self, share: Callable[[], float | None]) -> object:
        seconds = monotonic() - self._began
        if self._listener is None or seconds < self._silent_for:
            return None
        return self._listener(Progress(stage=self._stage, share=share(), seconds=seconds))


@contextmanager
def watching(progress: bool | Listener | None) -> Iterator[Watch]:
    """Watch over one read: tell a function, or show a line to whoever is there to look (``None``), or force either."""
    line: _Line | _Card | None = None
    if progress is not None and not isinstance(progress, bool):
        if not callable(progress):
            raise InputError(
                "progress must be True, False, None (a line where somebody looks) or a function of one argument; "
                f"got {type(progress).__name__}."
            )
        watch = Watch(progress)
    elif progress is False or (progress is None and not _somebody_looks()):
        watch = Watch()
    else:
        line = _Card() if _in_kernel() else _Line()
        watch = Watch(line.show, silent_for=0.0 if progress else FIRST_WORD_AFTER)
    try:
        yield watch
    finally:
        watch.end()
        if line is not None:
            line.erase()


def counted(n: int, word: str) -> str:
    """Write a number of things.

    >>> counted(1, "column"), counted(12, "column")
    ('1 column', '12 columns')
    """
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def _work_off(statements: SimpleQueue[_Statement[Any] | None]) -> None:
    while (statement := statements.get()) is not None:
        statement.run()
        del statement  # it holds what came of it


class _Statement(Generic[T]):
    """Work that another thread does, and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.ended = Event()
        self._work = work
        self._result: list[T] = []
        self._problem: BaseException | None = None

    def run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as problem:
            self._problem = problem
        finally:
            self.ended.set()

    def result(self) -> T:
        if self._problem is None:
            return self._result.pop()
        try:
            raise self._problem
        finally:
            self._problem = None  # it holds this frame, and so the table


class _Line:
    """One line of standard error, renewed in place."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, progress: Progress) -> None:
        share = "" if progress.share is None else f"{progress.share:.0%}, "
        self._write(f"{progress.stage}: {share}{progress.seconds:.0f} s")

    def erase(self) -> None:
        if self._width:
            self._write("")
            self._width = 0

    def _write(self, text: str) -> None:
        print(f"\r{text.ljust(self._width)}", end="" if text else "\r", file=sys.stderr, flush=True)
        self._width = len(text)


class _Card:
    """The same in a notebook, as whatever is registered there; a line where nothing is."""

    def __init__(self) -> None:
        self._view: Any = None

    def show(self, progress: Progress) -> None:
        if self._view is None:
            # Made only when there is something to say: most reads end before.
            self._view = progress_view() or _Line()
        self._view.show(progress)

    def erase(self) -> None:
        if self._view is not None:
            self._view.erase()


def _somebody_looks() -> bool:
    """Tell a kernel or a prompt from a script, a pipe and continuous integration."""
    if os.environ.get("CI") or sys.stderr is None:
        return False
    if _in_kernel():
        return True
    return sys.stderr.isatty() and (_shell() is not None or hasattr(sys, "ps1"))


def _in_kernel() -> bool:
    return getattr(_shell(), "kernel", None) is not None


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
