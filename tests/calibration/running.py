"""Replications in batches, each with a seed of its own, over as many processes as there are cores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from calibration.catalogue import find
from calibration.path import Answers, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some replications of one path.

    `covering` says that they are of the effect that the interval must cover; `attempt` is 1 when a path that was out
    is run again; `place` counts the batches.
    """

    seed: int
    effect: float
    covering: bool
    attempt: int
    place: int
    n: int

    def run(self, path: Path) -> Part:
        """Run it; its seed says all that it is, so that no other batch changes it."""
        started = time.process_time()
        rng = np.random.default_rng([self.seed, int(self.covering), self.attempt, self.place])
        return self.covering, path.analyse(path.draw(rng, self.n, self.effect)), time.process_time() - started


Part = tuple[bool, Answers, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ran:
    """What a path answered: under its effect, and under the effect that the interval must cover if it has one."""

    path: Path
    main: Answers
    covering: Answers | None
    seconds: float


def run_paths(
    paths: Sequence[Path], replications: int, jobs: int, *, attempt: int = 0, tell: Callable[[str], None] = print
) -> list[Ran]:
    """Run all paths; the numbers do not depend on `jobs`, and a longer run begins with those of a shorter one."""
    if jobs == 1:
        return [_told(run_path(path, replications, attempt=attempt), tell) for path in paths]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        started = [[pool.submit(_by_seed, batch) for batch in batches(path, replications, attempt)] for path in paths]
        return [
            _told(_gathered(path, [_result(path, future) for future in futures]), tell)
            for path, futures in zip(paths, started, strict=True)
        ]


def run_path(path: Path, replications: int, *, attempt: int = 0) -> Ran:
    """Run one path in this process."""
    return _gathered(path, [batch.run(path) for batch in batches(path, replications, attempt)])


def batches(path: Path, replications: int, attempt: int) -> Iterator[Batch]:
    """Deal the replications of a path."""
    total = max(1, round(replications * path.share))
    for covering, effect in ((False, path.effect), (True, path.cover)):
        if effect is not None:
            for place, first in enumerate(range(0, total, path.batch)):
                n = min(path.batch, total - first)
                yield Batch(seed=path.seed, effect=effect, covering=covering, attempt=attempt, place=place, n=n)


def _gathered(path: Path, parts: Sequence[Part]) -> Ran:
    covering = [answers for covers, answers, _ in parts if covers]
    return Ran(
        path=path,
        main=Answers.joined([answers for covers, answers, _ in parts if not covers]),
        covering=Answers.joined(covering) if covering else None,
        seconds=sum(seconds for *_, seconds in parts),
    )


def _by_seed(batch: Batch) -> Part:
    # The entry itself need not travel to another process: its seed names it.
    return batch.run(find(batch.seed))


def _result(path: Path, future: Future[Part]) -> Part:
    try:
        return future.result()
    except Exception as problem:
        raise RuntimeError(f"{path.section}: {path.name}") from problem


def _told(ran: Ran, tell: Callable[[str], None]) -> Ran:
    tell(f"{ran.seconds:7.1f} s  {ran.path.section}: {ran.path.name}")
    return ran
