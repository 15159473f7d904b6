"""Multiple comparisons: p-values adjusted for the size of their family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError, did_you_mean

Procedure = Literal["bonferroni", "sidak", "holm", "holm-sidak", "hochberg", "hommel", "bh", "by", "bky"]

Family = NDArray[np.float64]

_STATSMODELS_NAME: Final[dict[str, str]] = {
    "hochberg": "simes-hochberg",
    "by": "fdr_by",
    "bky": "fdr_tsbky",
}


def adjust_p_values(
    p_values: Sequence[float], procedure: Procedure = "holm", *, alpha: float = 0.05
) -> tuple[float, ...]:
    """Adjust p-values for their family.

    Bonferroni to Hommel bound the chance of any false claim; ``"bh"`` (Benjamini & Hochberg 1995), ``"by"``
    (Benjamini & Yekutieli 2001) and ``"bky"`` (two-stage, Benjamini, Krieger & Yekutieli 2006; its result depends
    on `alpha`) bound the expected share of false claims.

    >>> adjust_p_values([0.01, 0.04], "holm")
    (0.02, 0.04)
    """
    if procedure not in get_args(Procedure):
        raise InputError(f"There is no procedure {procedure!r}.{did_you_mean(procedure, get_args(Procedure))}")
    family = np.asarray(p_values, dtype=np.float64)
    if not ((family >= 0) & (family <= 1)).all():
        raise InputError(f"p-values must lie between 0 and 1; got {list(p_values)}.")
    if len(family) == 0:
        return ()
    if procedure in _OWN:
        return tuple(float(p) for p in _OWN[procedure](family))
    from statsmodels.stats.multitest import multipletests

    with np.errstate(divide="ignore"):  # Šidák's log(1 − p) at p = 1
        adjusted = multipletests(family, alpha=alpha, method=_STATSMODELS_NAME.get(procedure, procedure))[1]
    return tuple(float(p) for p in adjusted)


def _holm(p: Family) -> Family:
    """Return the running largest of (m − rank)·p, from the smallest p on (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    return _back(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), order)


def _benjamini_hochberg(p: Family) -> Family:
    """Return the running smallest of p·m/rank, from the largest p on."""
    order = np.argsort(-p, kind="stable")
    return _back(np.minimum.accumulate(p[order] * (len(p) / np.arange(len(p), 0, -1))), order)


def _back(in_order: Family, order: NDArray[np.intp]) -> Family:
    adjusted = np.empty_like(in_order)
    adjusted[order] = np.minimum(in_order, 1.0)
    return adjusted


# The two that every analysis needs are ours: statsmodels takes 0.5 s to import, and its multipletests collects all
# garbage of the process at each call.
_OWN: Final[dict[str, Callable[[Family], Family]]] = {"holm": _holm, "bh": _benjamini_hochberg}
