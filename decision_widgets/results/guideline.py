"""What the guideline of a switchback says: steps with evidence, and the power that its own history promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from decision_widgets.design import Switchback
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.results.guideline_payload import advice_sentence, to_payload
from decision_widgets.results.guideline_records import GuidelineStep, MetricSimulation, PlanOption
from decision_widgets.results.records import Message
from decision_widgets.results.shown import Shown
from decision_widgets.views.days_figure import days_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

OPTION_COLUMNS: Final = tuple(PlanOption.__dataclass_fields__)
STEP_COLUMNS: Final = ("n", "id", "title", "question", "evidence", "recommendation", "answer", "status", "code")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SwitchbackAdvice(Shown):
    """How to run a switchback, step by step.

    Attributes
    ----------
    design : Switchback
        As given, with the answers of every step in its checklist: the plan as registered.
    recommended_design : Switchback
        The same with what the steps recommend: slot, burn-in, way to draw, weights.
    days, draws : int
        What was asked about, and how many schedules were simulated.
    effects : mapping of metric to float
        To be found, in the metric's unit; `relative` says that they were asked for as fractions.
    steps : tuple of GuidelineStep
        The eleven questions.
    simulations : tuple of MetricSimulation
        The design on the history of each metric, the deciding one first.
    options : tuple of PlanOption
        The design, alternatives and other ways to draw, side by side on the deciding metric.
    messages : tuple of Message
        Errors first, then warnings, then notes.
    regions : tuple of str
    start : str
        Where the run begins, or could.
    history_days : int
    version, design_fingerprint : str
    """

    SCHEMA: ClassVar[str] = "dw.switchback_advice/1"
    CALLED: ClassVar[str] = "advice on a switchback"
    TITLE: ClassVar[str] = "Switchback guideline"

    design: Switchback
    recommended_design: Switchback
    days: int
    effects: Mapping[str, float]
    relative: bool
    draws: int
    steps: tuple[GuidelineStep, ...]
    simulations: tuple[MetricSimulation, ...]
    options: tuple[PlanOption, ...]
    messages: tuple[Message, ...]
    regions: tuple[str, ...]
    start: str
    history_days: int
    version: str
    design_fingerprint: str

    def step(self, name: str) -> GuidelineStep:
        """Return one step by its id.

        Raises
        ------
        InputError
            There is no such step.
        """
        known = {each.id: each for each in self.steps}
        if name not in known:
            raise InputError(f"There is no step {name!r}.{did_you_mean(name, known)} There is: {listed([*known])}.")
        return known[name]

    def simulation(self, metric: str | None = None) -> MetricSimulation:
        """Return the simulation of a metric, by default of the one that decides.

        Raises
        ------
        InputError
            It was not simulated; the messages say why.
        """
        known = {each.metric: each for each in self.simulations}
        if not known:
            raise InputError("Nothing was simulated; see the messages of the advice.")
        name = next(iter(known)) if metric is None else metric
        if name not in known:
            raise InputError(f"{name!r} was not simulated.{did_you_mean(name, known)} There is: {listed([*known])}.")
        return known[name]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per plan; what could not be simulated is missing, never 0."""
        import pandas as pd

        numbers = ("std_dev", "detectable", "relative", "aa_rate")
        frame = pd.DataFrame([each.to_dict() for each in self.options], columns=list(OPTION_COLUMNS))
        return frame.astype(dict.fromkeys(numbers, "float64") | {"days": "Int64"})

    def steps_frame(self) -> pd.DataFrame:
        """Return one row per step of the guideline."""
        import pandas as pd

        return pd.DataFrame([{name: getattr(each, name) for name in STEP_COLUMNS} for each in self.steps])

    def days_frame(self) -> pd.DataFrame:
        """Return the smallest effect by whole weeks, metric by metric."""
        import pandas as pd

        rows = [{"metric": each.metric} | point.to_dict() for each in self.simulations for point in each.curve]
        return pd.DataFrame(rows, columns=["metric", "days", "detectable", "relative"])

    def sentence(self) -> str:
        """Return the answer in words."""
        return "".join(piece["text"] for piece in advice_sentence(self))

    def plot(self) -> Figure:
        """Draw what `figure` draws."""
        return self.figure()

    def to_csv(self) -> str:
        """Return `to_frame` as CSV text, one line per plan."""
        return str(self.to_frame().to_csv(index=False))

    def figure(self) -> Figure:
        """Draw the smallest effect by days, and where the effect asked for meets it, as a matplotlib figure."""
        return days_figure(self.to_payload())

    def to_payload(self) -> dict[str, Any]:
        """Return what the cards show, as plain JSON values (schema ``dw.result/1``)."""
        return to_payload(self)

    def __repr__(self) -> str:
        named = [repr(self.design.name)] if self.design.name else []
        status = [each.status for each in self.steps]
        done = f"steps={status.count('done')} of {len(status)} done"
        return f"SwitchbackAdvice({', '.join([*named, f'days={self.days}', done])})"
