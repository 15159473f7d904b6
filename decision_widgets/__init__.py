"""Design and decide online experiments inside Jupyter.

A design says what we want to know; data is reduced once to moments; estimators turn moments into estimates; an
analysis gathers them into a result; a card shows it.

>>> import decision_widgets as dw
>>> df = dw.examples.ride_hailing(riders=4000, seed=1)
>>> design = dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked"])
>>> dw.analyze(df, design).decision.verdict
'ship'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

__version__ = "0.1.0"

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from jupyter_server.serverapp import ServerApp

    from decision_widgets import estimates, examples
    from decision_widgets.analysis.monitoring import monitor
    from decision_widgets.analysis.preview import preview
    from decision_widgets.analysis.summaries import summarize
    from decision_widgets.analysis.verbs import advise, analyze
    from decision_widgets.cards.design_widget import DesignWidget
    from decision_widgets.cards.power_widget import PowerWidget
    from decision_widgets.data.named import read_table
    from decision_widgets.data.store import MetricStore
    from decision_widgets.design import Arm, BetweenSubject, Metric, Monitoring, Schedule, Switchback
    from decision_widgets.design.schedule import schedule
    from decision_widgets.design.yaml import read_design
    from decision_widgets.errors import ColumnNotFound, DecisionError, EngineMissing, InputError, MissingValues
    from decision_widgets.moments.summary import HistorySummary, MetricSummary, TypedSummary
    from decision_widgets.results import DecisionResult
    from decision_widgets.results.guideline import SwitchbackAdvice
    from decision_widgets.results.monitoring import MonitoringResult
    from decision_widgets.results.sizing import SizingAdvice
    from decision_widgets.results.switchback import SwitchbackResult

_HOME: Final = {
    "advise": "analysis.verbs",
    "analyze": "analysis.verbs",
    "monitor": "analysis.monitoring",
    "preview": "analysis.preview",
    "summarize": "analysis.summaries",
    "read_table": "data.named",
    "MetricStore": "data.store",
    "DesignWidget": "cards.design_widget",
    "PowerWidget": "cards.power_widget",
    "Arm": "design",
    "BetweenSubject": "design",
    "Metric": "design",
    "Monitoring": "design",
    "Schedule": "design",
    "Switchback": "design",
    "schedule": "design.schedule",
    "read_design": "design.yaml",
    "ColumnNotFound": "errors",
    "DecisionError": "errors",
    "EngineMissing": "errors",
    "InputError": "errors",
    "MissingValues": "errors",
    "HistorySummary": "moments.summary",
    "MetricSummary": "moments.summary",
    "TypedSummary": "moments.summary",
    "DecisionResult": "results",
    "MonitoringResult": "results.monitoring",
    "SizingAdvice": "results.sizing",
    "SwitchbackAdvice": "results.guideline",
    "SwitchbackResult": "results.switchback",
}
_ROOMS: Final = ("estimates", "examples")

__all__ = [
    "Arm",
    "BetweenSubject",
    "ColumnNotFound",
    "DecisionError",
    "DecisionResult",
    "DesignWidget",
    "EngineMissing",
    "HistorySummary",
    "InputError",
    "Metric",
    "MetricStore",
    "MetricSummary",
    "MissingValues",
    "Monitoring",
    "MonitoringResult",
    "PowerWidget",
    "Schedule",
    "SizingAdvice",
    "Switchback",
    "SwitchbackAdvice",
    "SwitchbackResult",
    "TypedSummary",
    "advise",
    "analyze",
    "estimates",
    "examples",
    "monitor",
    "preview",
    "read_design",
    "read_table",
    "schedule",
    "summarize",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"decision_widgets.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'decision_widgets' has no attribute {name!r}")
    return getattr(import_module(f"decision_widgets.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Turn on ``%%decision`` (``%load_ext decision_widgets``); doing it twice changes nothing."""
    import_module("decision_widgets.magic").load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Turn ``%%decision`` off."""
    import_module("decision_widgets.magic").unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "decision-widgets"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "decision_widgets"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    import_module("decision_widgets.server").setup_handlers(server.web_app)


def _live_view(payload: dict[str, Any], result: Any) -> dict[str, Any]:
    view: dict[str, Any] = import_module("decision_widgets.cards").widget_view(payload, result)
    return view


def _answering_card(advice: SizingAdvice) -> PowerWidget:
    card: PowerWidget = import_module("decision_widgets.cards.power_widget").PowerWidget.of(advice)
    return card


def _progress_view() -> Any:
    return import_module("decision_widgets.cards.progress").ProgressView()


import_module("decision_widgets.views.live").set_progress_view(_progress_view)
import_module("decision_widgets.views.live").set_live_view(_live_view)
import_module("decision_widgets.views.live").set_card_maker(_answering_card)
