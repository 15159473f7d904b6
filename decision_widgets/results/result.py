"""The result of an analysis: one frozen record, from which every view is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.errors import InputError
from decision_widgets.estimates import SampleRatio
from decision_widgets.records import Record
from decision_widgets.results.payload import to_payload
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
from decision_widgets.views.figure import forest
from decision_widgets.views.html import page, to_html
from decision_widgets.views.live import live_view
from decision_widgets.views.text import to_text
from decision_widgets.vocabulary import CARD_MIME, Kind

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SCHEMA: Final = "dw.decision/1"
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
class DecisionResult(Record):
    """What an experiment says.

    Attributes
    ----------
    design : BetweenSubject
    decision : Decision
        The verdict and the rules behind it.
    estimates : tuple of EffectEstimate or NotEstimable
        One per metric × treatment × method; exactly one method per metric × treatment is `recommended`.
    statistics : tuple of ArmStatistics
    sample_ratio : SampleRatio
    kinds : tuple of MetricKind
    checks : tuple of Check
    messages : tuple of Message
        Errors first, then warnings, then notes.
    provenance : Provenance
    """

    design: BetweenSubject
    decision: Decision
    estimates: tuple[EffectEstimate | NotEstimable, ...]
    statistics: tuple[ArmStatistics, ...]
    sample_ratio: SampleRatio
    kinds: tuple[MetricKind, ...]
    checks: tuple[Check, ...]
    messages: tuple[Message, ...]
    provenance: Provenance

    def effect(self, metric: str, arm: str | None = None) -> EffectEstimate | NotEstimable:
        """Return the recommended estimate of a metric (of one treatment, when there are several)."""
        for row in self.estimates:
            if row.recommended and row.metric == metric and arm in (None, row.arm):
                return row
        known = sorted({(row.metric, row.arm) for row in self.estimates})
        raise KeyError(f"No recommended estimate of {metric!r} for arm {arm!r}; there are: {known}.")

    def recommended(self) -> tuple[EffectEstimate | NotEstimable, ...]:
        """Return the recommended estimates, metric by metric in the order of the design."""
        return tuple(row for row in self.estimates if row.recommended)

    def treatments(self) -> tuple[str, ...]:
        """Return the arms other than control."""
        return tuple(self.decision.judgements)

    def metric(self, name: str) -> Metric:
        """Return a metric of the design by name."""
        return next(metric for metric in self.design.metrics if metric.name == name)

    def label(self, name: str) -> str:
        """Return the name of a metric as a reader sees it."""
        return self.metric(name).label

    def kind(self, name: str) -> Kind | None:
        """Return the kind of a metric, ``None`` when it could not be read."""
        return next(kind.kind for kind in self.kinds if kind.metric == name)

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

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values (schema ``dw.result/1``)."""
        return to_payload(self)

    def to_text(self) -> str:
        """Return the verdict and the metrics as aligned text."""
        return to_text(self.to_payload())

    def to_html(self, *, full_page: bool = False) -> str:
        """Return the cards as static HTML without scripts; `full_page` makes it a file of its own."""
        payload = self.to_payload()
        return page(payload, self.design.name or "Experiment decision") if full_page else to_html(payload)

    def plot(self) -> Figure:
        """Draw the effects of all metrics as a matplotlib figure."""
        return forest(self.to_payload())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        payload = self.to_payload()
        static = {"text/plain": to_text(payload), "text/html": to_html(payload), CARD_MIME: payload}
        return static | dict(live_view(payload) or {})

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON-legal values; what is not finite becomes ``None``."""
        return {"schema": SCHEMA} | super(DecisionResult, self).to_dict()

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Restore a result from `to_dict`."""
        schema = plain.get("schema") if isinstance(plain, Mapping) else None
        if schema != SCHEMA:
            raise InputError(f"A saved result has schema {SCHEMA!r}; got {schema!r}.")
        return super(DecisionResult, cls).from_dict({key: plain[key] for key in plain if key != "schema"})
