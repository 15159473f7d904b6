"""Other errors of a panel's effect, which do not know what was randomised: to be shown beside the right one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.newey_west import SerialRegression, serial_regression
from decision_widgets.estimates.panel_cells import PanelCells, PanelSolution, solve_panel
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RowErrors(Record):
    """Errors of the treatment effect as if rows were independent of each other.

    Attributes
    ----------
    effect : float
    std_error_ols : float
        Of rows with one variance.
    std_error_hc1 : float
        Of rows with a variance each, times ``√(N/(N − K))`` (MacKinnon & White 1985).
    df : int
        ``N − K``.
    """

    effect: float
    std_error_ols: float
    std_error_hc1: float
    df: int


def row_errors(cells: PanelCells) -> RowErrors:
    """Return the errors of plain least squares on rows; they take no account of slots and are far too small.

    From cells alone: ``Σ_i e_i² = within + n·ē²`` in every cell, where the regressors do not vary.

    Parameters
    ----------
    cells : PanelCells
        `weight` must be the number of rows.

    Raises
    ------
    InputError
        As `panel_regression`.
    """
    solution = solve_panel(cells)
    b, df = solution.contributions[:, 0], round(solution.n_rows) - solution.span.rank
    if df < 1:
        raise InputError(f"A regression needs more rows than coefficients; got {round(solution.n_rows)} rows.")
    squares = np.asarray(cells.within, dtype=np.float64) + solution.residual**2
    of_rows = b**2 / solution.span.root**2
    return RowErrors(
        effect=float(solution.estimates[0]),
        std_error_ols=float(np.sqrt(squares.sum() / df * (b @ b))),
        std_error_hc1=float(np.sqrt((of_rows * squares).sum() * round(solution.n_rows) / df)),
        df=df,
    )


def panel_serial_errors(cells: PanelCells, time: ArrayLike, *, lags: int) -> SerialRegression:
    """Return a panel's coefficients with errors correlated over some periods and across all that shares a period.

    Newey & West (1987) for one series, Driscoll & Kraay (1998) for several, of the regression with the fixed effects
    taken out; `coefficients` are the treatment's, then the controls'. ``T − 1`` degrees of freedom. In a switchback it
    rejects far too often: it does not know which slots were drawn together.

    Parameters
    ----------
    cells : PanelCells
    time : array_like, shape (C,)
        The period of each cell; the different values, sorted, count as successive.
    lags : int
        0 to ``T − 1``.

    Raises
    ------
    InputError
        As `panel_regression` and `driscoll_kraay`.
    """
    solution = solve_panel(cells)
    codes = label_codes(time, len(solution.residual), "time", "cell")
    if codes.max() < 1:
        raise InputError("Errors correlated over time need at least 2 periods; got 1.")
    return serial_regression(
        solution.estimates,
        _scores(solution, codes),
        lags,
        n_observations=round(solution.n_rows),
        df=int(codes.max()),
        n_coefficients=solution.span.rank,
    )


def _scores(solution: PanelSolution, period: np.ndarray) -> np.ndarray:
    columns = (solution.contributions * solution.residual[:, None]).T
    return np.column_stack([np.bincount(period, column) for column in columns])
