"""How values are spread and where a split is off: what was read anyway, described."""

from __future__ import annotations

from typing import Final

from decision_widgets.data import GroupReading, MetricReading, Reading
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    Distribution,
    SampleRatio,
    SampleRatioDiagnosis,
    diagnose_sample_ratio,
    distribution,
)
from decision_widgets.results.spread import MetricDistribution
from decision_widgets.vocabulary import Kind

DRAWN: Final[tuple[Kind, ...]] = ("count", "continuous")
LEAST_EXPECTED: Final = 5.0


def describe_metrics(design: BetweenSubject, reading: Reading) -> list[MetricDistribution]:
    """Describe every metric that is an amount or a number of things and whose values were read; it reads nothing."""
    found = []
    for metric in design.metrics:
        read = reading.metrics[metric.name]
        if not isinstance(read, MetricReading) or read.recognition.kind not in DRAWN:
            continue
        arms = tuple(arm for arm in reading.arms if arm in read.samples)
        spread = _distribution(read, arms) if len(arms) > 1 and design.control in arms else None
        if spread is not None:
            seed = read.samples[arms[0]].seed
            found.append(MetricDistribution(metric=metric.name, arms=arms, distribution=spread, seed=seed))
    return found


def _distribution(read: MetricReading, arms: tuple[str, ...]) -> Distribution | None:
    try:
        return distribution([read.samples[arm] for arm in arms])
    except InputError:  # values that no bins divide: nothing can be drawn, and nothing else depends on it
        return None


def diagnose_split(reading: Reading, ratio: SampleRatio) -> SampleRatioDiagnosis | None:
    """Test the split within every stratum and segment level that is large enough for Pearson's test.

    ``None`` where the design names neither strata nor segments.
    """
    total = sum(ratio.expected)
    smallest = min(ratio.expected) / total
    segments = {}
    for name, group in reading.groups.items():
        if isinstance(group, GroupReading):
            counts = {level: [group.participants[level].get(arm, 0) for arm in reading.arms] for level in group.levels}
            segments[name] = {level: n for level, n in counts.items() if sum(n) * smallest >= LEAST_EXPECTED}
    segments = {name: levels for name, levels in segments.items() if len(levels) > 1}
    if not segments:
        return None
    return diagnose_sample_ratio([expected / total for expected in ratio.expected], segments=segments)
