"""One metric and one treatment beside control, with everything that was read of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from decision_widgets.data import MetricReading, ParticipantTable, Reading
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.moments import ArmMoments, Moments, Sample
from decision_widgets.views import numbers

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """One metric, one treatment, and all that was read of them."""

    design: BetweenSubject
    reading: Reading
    metric: Metric
    arm: str
    read: MetricReading

    @property
    def samples(self) -> tuple[Sample, Sample]:
        """Participants' values under control and treatment."""
        return self.read.samples[self.design.control], self.read.samples[self.arm]

    @property
    def every_arm(self) -> dict[str, ArmMoments]:
        """All arms that vary, control first."""
        return {name: self.read.arms[name] for name in self.reading.arms if name in self.read.arms}

    @property
    def described(self) -> tuple[str, ...]:
        """The arms that this comparison describes: control once, with the first treatment."""
        first = self.arm == self.reading.arms[1]
        return (self.design.control, self.arm) if first else (self.arm,)

    @property
    def drawn(self) -> str:
        """Say that the values are a random sample, where they are."""
        control, treatment = self.samples
        if control.seed is None:
            return ""
        n, of = control.n + treatment.n, control.n_units + treatment.n_units
        return f"On a random sample of {numbers.integer(n)} of {numbers.integer(of)} participants. "

    @property
    def drawn_participants(self) -> str:
        """Say that the participants are a random sample, where they are."""
        people = self.reading.people
        if people is None or people.seed is None:
            return ""
        n, of = numbers.integer(len(people.arm)), numbers.integer(people.n_participants)
        return f"On a random sample of {n} of {of} participants. "

    def participants(self) -> tuple[ParticipantTable, np.ndarray, np.ndarray]:
        """Return everybody, who of them is in this comparison with a value, and whether treated."""
        people = self.reading.people
        assert people is not None
        at = self.reading.arms.index(self.arm)
        inside = np.isin(people.arm, (0, at)) & people.metrics[self.metric.name].known
        return people, inside, (people.arm[inside] == at).astype(float)

    def means(self) -> tuple[Moments, Moments] | None:
        """Return the moments of participants' own means above the control's shift; a ratio of totals has none."""
        control, treatment = self.read.arms[self.design.control], self.read.arms[self.arm]
        if control.participant_means is None or treatment.participant_means is None:
            return None
        own = treatment.participant_means
        return control.participant_means, replace(own, mean=own.mean + (treatment.shift - control.shift))


def of_difference(answer: Any, statistic: str, estimate: str) -> Facts:
    """Write an answer that has an effect, its test and its interval."""
    return {
        "statistic_name": statistic,
        "statistic": answer.statistic,
        "df": getattr(answer, "df", None),
        "p_value": answer.p_value,
        "estimate_name": estimate,
        "estimate": answer.effect,
        "estimate_lower": answer.effect_lower,
        "estimate_upper": answer.effect_upper,
    }
