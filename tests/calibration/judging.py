"""From answers to lines of the table: a rate with its error against its band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from calibration.path import CONTROL_BEYOND, Answers, Band, Flags, Path
from calibration.running import Ran

LEAST_JUDGED = 30
"""A part of the replications that is smaller is mentioned, not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share of n replications, its Monte-Carlo standard error, and the limits it must keep."""

    n: int
    value: float
    error: float
    low: float
    high: float

    @property
    def kept(self) -> bool:
        return self.low <= self.value <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table; `passed` is what the command's exit code rests on."""

    section: str
    name: str
    claims: Rate | None
    coverage: Rate | None = None
    notes: tuple[str, ...] = ()
    must_fail: bool = False
    passed: bool


def lines_of(ran: Ran) -> list[Line]:
    """Judge a path: one line, or one for each part that is shown differently."""
    path = ran.path
    if path.must_fail:
        return [_control(path, ran.main)]
    if path.refuses:
        return [_refused(path, ran.main)]
    return list(_parts(ran))


def after(first: Sequence[Line], second: Sequence[Line]) -> list[Line]:
    """Return the lines of a second run, with what was out in the first in their notes."""
    earlier = {line.name: line for line in first}
    return [replace(line, notes=(*line.notes, *_first_run(earlier.get(line.name)))) for line in second]


def _first_run(line: Line | None) -> tuple[str, ...]:
    if line is None or line.passed or line.claims is None:
        return ()
    coverage = "" if line.coverage is None else f", coverage {line.coverage.value:.4f}"
    return (f"first run out: rate {line.claims.value:.4f}{coverage}",)


def _control(path: Path, main: Answers) -> Line:
    found = rate_of(main.claims, Band(low=CONTROL_BEYOND, high=1.0, at=len(main.claims)))
    return Line(
        section=path.section,
        name=path.name,
        claims=found,
        must_fail=True,
        passed=found.value > CONTROL_BEYOND,
    )


def _refused(path: Path, main: Answers) -> Line:
    share = 0.0 if main.refused is None else float(main.refused.mean())
    note = f"{len(main.claims):,} replications, {share:.1%} refused"
    return Line(section=path.section, name=path.name, claims=None, notes=(note,), passed=share == 1)


def _parts(ran: Ran) -> Iterator[Line]:
    path, main = ran.path, ran.main
    shown = _shown(main)
    warned = np.zeros(len(shown), bool) if main.warned is None else main.warned
    parts = [("", shown & ~warned, path.band)]
    if path.warned_band is not None:
        parts.append((", shown under a warning", shown & warned, path.warned_band))
    elif warned.any():
        raise ValueError(f"{path.name}: warnings were shown, but the entry has no band for them.")
    judged = [part for part in parts if part[1].sum() >= LEAST_JUDGED]
    for place, (suffix, chosen, band) in enumerate(judged):
        line = _line(ran, chosen, band)
        notes = (*_notes(path, main), *line.notes) if place == 0 else line.notes
        yield replace(line, name=path.name + suffix, notes=notes)
    if not judged:
        yield _undecided(path, main)


def _line(ran: Ran, chosen: Flags, band: Band) -> Line:
    path = ran.path
    claims, coverage = rate_of(ran.main.claims[chosen], band), _coverage(ran)
    return Line(
        section=path.section,
        name=path.name,
        claims=claims,
        coverage=coverage,
        passed=claims.kept and (coverage is None or coverage.kept) and not _off_theory(path, ran.main),
    )


def _undecided(path: Path, main: Answers) -> Line:
    note = f"too few of {len(main.claims):,} replications are shown to be judged"
    return Line(section=path.section, name=path.name, claims=None, notes=(note,), passed=False)


def rate_of(values: np.ndarray, band: Band) -> Rate:
    """Return the mean of values between 0 and 1 with its error, and the band's limits for so many."""
    n = len(values)
    low, high = band.limits(n)
    return Rate(n=n, value=float(values.mean()), error=float(values.std() / np.sqrt(n)), low=low, high=high)


def _coverage(ran: Ran) -> Rate | None:
    answers, path = ran.covering, ran.path
    if answers is None:
        return None
    if answers.lower is None or answers.upper is None:
        raise ValueError(f"{path.name}: coverage needs intervals.")
    truth = path.cover if path.truth is None else path.truth
    inside = (answers.lower <= truth) & (truth <= answers.upper)
    return rate_of(inside[_shown(answers)].astype(float), path.band.mirrored())


def _shown(answers: Answers) -> Flags:
    return np.ones(len(answers.claims), bool) if answers.refused is None else ~answers.refused


def _off_theory(path: Path, main: Answers) -> bool:
    return any(abs(main.facts[name].mean() - value) > most for name, (value, most) in path.theory.items())


def _notes(path: Path, main: Answers) -> Iterator[str]:
    if main.refused is not None and main.refused.any():
        yield f"{main.refused.mean():.1%} refused"
    for name, values in main.facts.items():
        stated = f" (theory {path.theory[name][0]:.3f} ± {path.theory[name][1]:g})" if name in path.theory else ""
        yield f"{name} {_short(float(values[_shown(main)].mean()))}{stated}"


def _short(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.3f}"
