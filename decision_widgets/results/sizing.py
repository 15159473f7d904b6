"""What an experiment will need, or will be able to see: one frozen record, from which every view is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.moments import HistorySummary, TypedSummary
from decision_widgets.results.records import Message
from decision_widgets.results.shown import Shown
from decision_widgets.results.sizing_code import sizing_code
from decision_widgets.results.sizing_payload import power_card, to_payload
from decision_widgets.results.sizing_records import MetricAdvice, NotSized, PairAdvice, SizingPlan, SizingQuestion
from decision_widgets.results.sizing_sentence import plan_sentence
from decision_widgets.views.live import answering_card
from decision_widgets.views.power import to_markdown
from decision_widgets.views.power_figure import power_figure, weeks_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

WHOLE: Final = ("n_control", "n_treatment", "n_participants", "n_observations", "days")
NUMBERS: Final = ("mde", "relative_mde", "power", "icc", "design_effect")
FRAME_COLUMNS: Final = ("metric", "arm", "control", *WHOLE, *NUMBERS, "codes")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SizingAdvice(Shown):
    """How many participants and days an experiment needs, or what it will be able to see.

    Attributes
    ----------
    design : BetweenSubject
    question : SizingQuestion
    plan : SizingPlan or None
        Large enough for every metric with an effect to find; ``None`` when none could be sized.
    rows : tuple of PairAdvice or NotSized
        One per metric × compared pair of arms.
    metrics : tuple of MetricAdvice
        The explanation of each metric that could be sized.
    messages : tuple of Message
        Errors first, then warnings, then notes.
    history : str or None
        The typed history as Python, for the lines that reproduce the advice; ``None`` for data.
    past : HistorySummary or None
        What the data said, in sums, so that the advice can be asked again; ``None`` when all was typed.
    typed : tuple of TypedSummary
        What was typed.
    version, design_fingerprint : str
    """

    SCHEMA: ClassVar[str] = "dw.sizing/1"
    CALLED: ClassVar[str] = "advice"
    TITLE: ClassVar[str] = "Experiment size"

    design: BetweenSubject
    question: SizingQuestion
    plan: SizingPlan | None
    rows: tuple[PairAdvice | NotSized, ...]
    metrics: tuple[MetricAdvice, ...]
    messages: tuple[Message, ...]
    history: str | None
    past: HistorySummary | None = None
    typed: tuple[TypedSummary, ...] = ()
    version: str
    design_fingerprint: str

    def row(self, metric: str, arm: str | None = None, control: str | None = None) -> PairAdvice | NotSized:
        """Return what was found for a metric; with several pairs of arms say which.

        Raises
        ------
        InputError
            There is no such metric or pair, or there are several.
        """
        names = list(dict.fromkeys(row.metric for row in self.rows))
        if metric not in names:
            raise InputError(
                f"The design has no metric {metric!r}.{did_you_mean(metric, names)} It has: {listed(names)}."
            )
        found = [
            row
            for row in self.rows
            if row.metric == metric and arm in (None, row.arm) and control in (None, row.control)
        ]
        if len(found) != 1:
            pairs = [f"{row.arm!r} with {row.control!r}" for row in self.rows if row.metric == metric]
            raise InputError(f"Say which pair with arm= and control=. There is: {listed(pairs)}.")
        return found[0]

    def metric(self, name: str) -> MetricAdvice:
        """Return the explanation of a metric.

        Raises
        ------
        InputError
            There is no such metric, or it could not be sized.
        """
        known = {each.metric: each for each in self.metrics}
        if name not in known:
            raise InputError(f"No metric {name!r} was sized.{did_you_mean(name, known)} There is: {listed([*known])}.")
        return known[name]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per metric × compared pair; what could not be computed is missing, never 0.

        `n_control` and `n_treatment` count participants of the pair, `n_participants` and `n_observations` those of all
        arms; `days` are whole weeks; `mde` and `relative_mde` are sizes, found with `power`.
        """
        import pandas as pd

        rows = [{name: getattr(row, name, None) for name in FRAME_COLUMNS} for row in self.rows]
        frame = pd.DataFrame(rows, columns=list(FRAME_COLUMNS))
        frame = frame.astype(dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(NUMBERS, "float64"))
        frame["codes"] = [", ".join(row.codes) for row in self.rows]
        return frame

    def weeks_frame(self) -> pd.DataFrame:
        """Return the smallest effect by weeks: one row per metric × whole week, for its neediest pair of arms."""
        import pandas as pd

        rows = [{"metric": each.metric} | week.to_dict() for each in self.metrics for week in each.weeks]
        return pd.DataFrame(rows)

    def sentence(self) -> str:
        """Return the answer in words."""
        return "".join(piece["text"] for piece in plan_sentence(self))

    def code(self) -> tuple[str, str]:
        """Return the two lines of Python that give this advice again: the design, and the question."""
        return sizing_code(self)

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values (schema ``dw.result/1`` of a ``dw.power/1``)."""
        return to_payload(self)

    def to_markdown(self) -> str:
        """Return the answer and one row per metric × compared pair as Markdown."""
        return to_markdown(power_card(self))

    def card(self) -> Any:
        """Open the card that answers what-if questions, filled with this advice (a ``PowerWidget``)."""
        return answering_card(self)

    def figure(self) -> Figure:
        """Draw power by participants, for the planned effect and for others around it, as a matplotlib figure."""
        return power_figure(self.to_payload())

    def plot(self) -> Figure:
        """Draw what `figure` draws."""
        return self.figure()

    def weeks_figure(self) -> Figure:
        """Draw the smallest effect of every metric by weeks, as a matplotlib figure."""
        return weeks_figure(self.to_payload())

    def __repr__(self) -> str:
        said = [repr(self.design.name)] if self.design.name else []
        if self.plan is not None:
            said += [f"n_participants={self.plan.n_participants}", f"days={self.plan.days}"]
        return f"SizingAdvice({', '.join([*said, f'metrics={len(self.design.metrics)}'])})"
