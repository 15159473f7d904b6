"""Any table → moments, in its engine."""

from decision_widgets.data.cells import Cells, CellSpec, CellSums, read_cells
from decision_widgets.data.enrolment import Enrolment, read_enrolment
from decision_widgets.data.history import read_history
from decision_widgets.data.progress import Listener, Progress
from decision_widgets.data.read import read_moments
from decision_widgets.data.reading import (
    Adjustment,
    CovariateReading,
    GroupReading,
    MetricReading,
    ParticipantTable,
    Reading,
    Unreadable,
)
from decision_widgets.data.tables import is_table

__all__ = [
    "Adjustment",
    "CellSpec",
    "CellSums",
    "Cells",
    "CovariateReading",
    "Enrolment",
    "GroupReading",
    "Listener",
    "MetricReading",
    "ParticipantTable",
    "Progress",
    "Reading",
    "Unreadable",
    "is_table",
    "read_cells",
    "read_enrolment",
    "read_history",
    "read_moments",
]
