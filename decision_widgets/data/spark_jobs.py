"""The jobs that a session runs for one read: tagged, so that they alone are counted and cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from decision_widgets.data.progress import Watch

T = TypeVar("T")


class Jobs(Protocol):
    """What classic sessions and Connect do differently."""

    def tagged(self, work: Callable[[], T]) -> Callable[[], T]:
        """Return work whose jobs are known, to be called in another thread."""
        ...

    def cancel(self) -> None:
        """Cancel what runs."""
        ...

    def share(self) -> float | None:
        """Return the share of tasks done, of the jobs that run."""
        ...

    def forget(self) -> None:
        """Leave the session as it was."""
        ...


def jobs_of(session: Any, watch: Watch) -> Jobs:
    """Tag the jobs of a session."""
    if ".connect." in type(session).__module__:
        return _ConnectJobs(session, watch)
    return _ClassicJobs(session)


class _ClassicJobs:
    def __init__(self, session: Any) -> None:
        self._context = session.sparkContext
        self._tag = _new_tag()

    def tagged(self, work: Callable[[], T]) -> Callable[[], T]:
        from pyspark import inheritable_thread_target

        def run() -> T:
            self._context.addJobTag(self._tag)
            try:
                return work()
            finally:
                self._context.removeJobTag(self._tag)

        # The scheduler's pool and whatever else the caller's thread has set holds in this one too.
        inherited: Callable[[], T] = inheritable_thread_target(run)
        return inherited

    def cancel(self) -> None:
        self._context.cancelJobsWithTag(self._tag)

    def share(self) -> float | None:
        # PySpark's own tracker does not look for tags.
        tracker = self._context.statusTracker()
        jobs = [tracker.getJobInfo(job) for job in self._context._jsc.sc().statusTracker().getJobIdsForTag(self._tag)]
        stages = [stage for job in jobs if job is not None and job.status == "RUNNING" for stage in job.stageIds]
        known = [tracker.getStageInfo(stage) for stage in stages]
        return _share((stage.numCompletedTasks, stage.numTasks) for stage in known if stage is not None)

    def forget(self) -> None:
        pass


class _ConnectJobs:
    def __init__(self, session: Any, watch: Watch) -> None:
        self._session = session
        self._tag = _new_tag()
        self._done: float | None = None
        self._listens = watch.asked and hasattr(session, "registerProgressHandler")
        if self._listens:
            session.registerProgressHandler(self._hear)

    def tagged(self, work: Callable[[], T]) -> Callable[[], T]:
        from pyspark import inheritable_thread_target

        def run() -> T:
            self._session.addTag(self._tag)
            return work()

        self._done = None
        inherited: Callable[[], T] = inheritable_thread_target(self._session)(run)
        return inherited

    def cancel(self) -> None:
        self._session.interruptTag(self._tag)

    def share(self) -> float | None:
        return self._done

    def forget(self) -> None:
        if self._listens:
            self._session.removeProgressHandler(self._hear)

    def _hear(self, stages: Any, inflight_tasks: int, operation_id: str | None, done: bool) -> None:
        self._done = _share((stage.num_completed_tasks, stage.num_tasks) for stage in stages or ())


def _new_tag() -> str:
    return f"decision_widgets-{uuid4().hex}"


def _share(tasks: Iterable[tuple[int, int]]) -> float | None:
    """Return the share of tasks that are done, of pairs of done and all."""
    pairs = list(tasks)
    total = sum(n for _, n in pairs)
    return sum(done for done, _ in pairs) / total if total else None
