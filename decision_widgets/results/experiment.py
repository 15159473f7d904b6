"""What the results of every experiment share: effects by name, tables, a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from decision_widgets.design import BetweenSubject, Metric, Switchback
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.results.records import (
    ArmStatistics,
    Check,
    Decision,
    EffectEstimate,
    Message,
    MetricKind,
    NotEstimable,
    Provenance,
)
from decision_widgets.results.segments import SegmentComparison
from decision_widgets.results.shown import Shown
from decision_widgets.results.toolbox import ToolAnswer
from decision_widgets.views.figure import forest
from decision_widgets.vocabulary import Kind

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FRAME_COLUMNS: Final = (
    "metric",
    "arm",
    "segment",
    "method",
    "role",
    "recommended",
    "effect",
    "effect_lower",
    "effect_upper",
    "relative_effect",
    "relative_effect_lower",
    "relative_effect_upper",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "p_value_adjusted",
    "n_control",
    "n_treatment",
    "n_clusters",
    "codes",
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ExperimentResult(Shown):
    """Base of the results of experiments; a subclass adds what its design gives, and says what its arms are."""

    design: BetweenSubject | Switchback
    decision: Decision
    estimates: tuple[EffectEstimate | NotEstimable, ...]
    statistics: tuple[ArmStatistics, ...]
    kinds: tuple[MetricKind, ...]
    checks: tuple[Check, ...]
    messages: tuple[Message, ...]
    provenance: Provenance
    segments: tuple[SegmentComparison, ...] = ()
    toolbox: tuple[ToolAnswer, ...] = ()
    methods: tuple[str, ...] | None = None

    def arm_names(self) -> list[str]:
        """Return all arms, control first: the place of an arm is its colour."""
        raise NotImplementedError

    def effect(self, metric: str, arm: str | None = None) -> EffectEstimate | NotEstimable:
        """Return the recommended estimate of a metric; with several treatments `arm` says of which.

        Raises
        ------
        InputError
            If there is no such metric or arm, or there are several arms and none was named.
        """
        name = self.metric(metric).name
        rows = {row.arm: row for row in self.recommended() if row.metric == name}
        if not rows:
            raise InputError(f"This result holds no estimate of {metric!r}; its verdict is {self.decision.verdict!r}.")
        if arm is None and len(rows) > 1:
            raise InputError(f"There are {len(rows)} treatments; say which with arm=. They are: {listed([*rows])}.")
        if arm is not None and arm not in rows:
            raise InputError(
                f"There is no treatment {arm!r}.{did_you_mean(str(arm), rows)} There is: {listed([*rows])}."
            )
        return next(iter(rows.values())) if arm is None else rows[arm]

    def recommended(self) -> tuple[EffectEstimate | NotEstimable, ...]:
        """Return the recommended estimates, metric by metric in the order of the design."""
        return tuple(row for row in self.estimates if row.recommended)

    def treatments(self) -> tuple[str, ...]:
        """Return the arms other than control."""
        return tuple(self.decision.judgements)

    def metric(self, name: str) -> Metric:
        """Return a metric of the design by name."""
        known = {metric.name: metric for metric in self.design.metrics}
        if name not in known:
            raise InputError(
                f"The design has no metric {name!r}.{did_you_mean(str(name), known)} It has: {listed([*known])}."
            )
        return known[name]

    def label(self, name: str) -> str:
        """Return the name of a metric as a reader sees it."""
        return self.metric(name).label

    def kind(self, name: str) -> Kind | None:
        """Return the kind of a metric, ``None`` when it could not be read."""
        wanted = self.metric(name).name
        return next((kind.kind for kind in self.kinds if kind.metric == wanted), None)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric × arm × method × segment; what could not be computed is missing, never 0."""
        import pandas as pd

        rows = [{name: getattr(row, name, None) for name in FRAME_COLUMNS} for row in self.estimates]
        frame = pd.DataFrame(rows, columns=list(FRAME_COLUMNS))
        numeric = FRAME_COLUMNS[FRAME_COLUMNS.index("effect") : FRAME_COLUMNS.index("n_control")]
        frame = frame.astype(dict.fromkeys(numeric, "float64") | {"n_clusters": "Int64"})
        frame["codes"] = [", ".join(row.codes) for row in self.estimates]
        return frame

    def statistics_frame(self) -> pd.DataFrame:
        """Return the basic statistics, one row per metric × arm."""
        import pandas as pd

        return pd.DataFrame([row.to_dict() for row in self.statistics])

    def segments_frame(self) -> pd.DataFrame:
        """Return the effects within segments, one row per metric × treatment × column × level."""
        import pandas as pd

        rows = [
            {
                "metric": each.metric,
                "arm": each.arm,
                "segment": each.segment,
                "joint_p_value": each.comparison.joint.p_value,
            }
            | effect.to_dict()
            for each in self.segments
            if each.comparison is not None
            for effect in each.comparison.effects
        ]
        return pd.DataFrame(rows)

    def toolbox_frame(self) -> pd.DataFrame:
        """Return the test toolbox, one row per metric × treatment × test."""
        import pandas as pd

        return pd.DataFrame([answer.to_dict() for answer in self.toolbox])

    def plot(self) -> Figure:
        """Draw the effects of all metrics as a matplotlib figure."""
        return forest(self.to_payload())

    def __repr__(self) -> str:
        decision = self.decision
        said = [repr(self.design.name)] if self.design.name else []
        said.append(f"verdict={decision.verdict!r}")
        said += [f"arm={decision.arm!r}"] if decision.arm is not None else []
        return f"{type(self).__name__}({', '.join(said)}, metrics={len(self.design.metrics)})"
