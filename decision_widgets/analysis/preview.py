"""The first rows of a table, in the columns that a design reads: is it the table that was meant?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from decision_widgets import checks
from decision_widgets.analysis.past import needs_of_past
from decision_widgets.analysis.past_panel import needs_of_history
from decision_widgets.data.named import first_rows
from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_RULES: Final[dict[str, checks.Rule]] = {"past": checks.TrueOrFalse(), "rows": checks.Positive(whole=True)}


def preview(data: Any, design: BetweenSubject | Switchback, *, past: bool = False, rows: int = 5) -> pd.DataFrame:
    """Show the first rows of a table as the design reads it; a column that is not there is named at once.

    Parameters
    ----------
    data : table
        Anything that ``analyze`` reads; its rows stay where they are.
    design : BetweenSubject or Switchback
    past : bool
        Whether it is a table of the past, as ``advise`` reads it: without arms.
    rows : int
        How many at most.

    Returns
    -------
    pandas.DataFrame
        The columns that the design reads, as they are. The order of rows is the engine's: Spark promises none.

    Raises
    ------
    ColumnNotFound
        The design names columns that the table lacks; each with what it is for and the nearest that is there.
    InputError
        It is no table, or no design.

    Examples
    --------
    >>> import decision_widgets as dw
    >>> design = dw.BetweenSubject(participant="rider_id", arm="variant", control="control", metrics=["booked"])
    >>> preview(dw.examples.ride_hailing(riders=10), design).columns.tolist()
    ['rider_id', 'variant', 'booked']
    """
    problems = checks.problems(_RULES, {"past": past, "rows": rows})
    if problems:
        raise InputError.together("A preview", problems)
    if isinstance(design, Switchback):
        return first_rows(data, needs_of_history(design) if past else design.needs(), rows)
    if not isinstance(design, BetweenSubject):
        raise InputError(
            f"The design must be a BetweenSubject or a Switchback; got {type(design).__name__}. "
            "Call it as preview(data, design), the data first."
        )
    return first_rows(data, needs_of_past(design) if past else design.needs(), rows)
