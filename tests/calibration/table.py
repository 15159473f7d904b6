"""The outcome as Markdown."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

from calibration.judging import Line, Rate
from calibration.path import ALPHA, CONTROL_BEYOND, FULL

HEAD = (
    "| path | replications | rate (± MC error) | band | coverage (± MC error) | band | notes | |",
    "|---|---|---|---|---|---|---|---|",
)
LIBRARIES = ("numpy", "scipy", "statsmodels", "pandas")


def table_text(lines: Sequence[Line], replications: int, rivals: str) -> str:
    """Write the whole page."""
    failed = [line for line in lines if not line.passed]
    text = ["# Calibration", "", *_preface(replications), "", _verdict(lines, failed), ""]
    if failed:
        text += [*(f"- **out of band**: {line.section}: {line.name}" for line in failed), ""]
    for section in dict.fromkeys(line.section for line in lines):
        text += [f"## {section}", "", *HEAD, *(_row(line) for line in lines if line.section == section), ""]
    return "\n".join([*text, rivals, ""])


def _preface(replications: int) -> list[str]:
    kind = "the full run" if replications >= FULL else f"**not the full run**, which has {FULL:,}"
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"Written by `poe calibrate`: {replications:,} replications of each path ({kind}),",
        f"fewer where the line says so. Python {platform.python_version()}, {versions}.",
        "Seeds are fixed, so a run can be repeated exactly.",
        "",
        f"The rate is of claims at {ALPHA:g} where nothing is true (type I errors), unless the section says power or",
        "another level. Coverage is of a true effect other than 0, by the 95% interval, in replications of their own.",
        "MC error is one Monte-Carlo standard error; bands allow three. With so many lines one leaves its band now and",
        "then by chance, so such a path is run once more with other seeds and judged by that run; the notes show the",
        f"first. Negative controls are wrong methods that **must fail**: more than {CONTROL_BEYOND:.0%} false claims",
        "prove that the harness can see.",
    ]


def _verdict(lines: Sequence[Line], failed: Sequence[Line]) -> str:
    controls = sum(line.must_fail for line in lines)
    kept = sum(line.passed and not line.must_fail for line in lines)
    seen = sum(line.passed and line.must_fail for line in lines)
    return (
        f"**{kept} of {len(lines) - controls} lines keep their band; {seen} of {controls} negative controls fail as "
        "they must.**"
    )


def _row(line: Line) -> str:
    claims, coverage = _cells(line.claims, line), _cells(line.coverage, None)
    n = "" if line.claims is None else f"{line.claims.n:,}"
    word = "fails, as it must" if line.must_fail else "pass"
    if not line.passed:
        word = "**NOT SEEN**" if line.must_fail else "**OUT**"
    return f"| {line.name} | {n} | {claims} | {coverage} | {'; '.join(line.notes)} | {word} |"


def _cells(rate: Rate | None, line: Line | None) -> str:
    if rate is None:
        return "|"
    band = f"must exceed {CONTROL_BEYOND:.2f}" if line is not None and line.must_fail else _band(rate)
    digits = 5 if rate.high < 0.01 else 4
    return f"{rate.value:.{digits}f} ± {rate.error:.{digits}f} | {band}"


def _band(rate: Rate) -> str:
    digits = 5 if rate.high < 0.01 else 4
    if rate.low <= 0:
        return f"≤ {rate.high:.{digits}f}"
    if rate.high >= 1:
        return f"≥ {rate.low:.{digits}f}"
    return f"{rate.low:.{digits}f}–{rate.high:.{digits}f}"
