"""Multiple comparisons: p-values adjusted for the size of their family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError, did_you_mean
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.moments import floats
from decision_widgets.records import Record

Procedure = Literal["bonferroni", "sidak", "holm", "holm-sidak", "hochberg", "hommel", "bh", "by", "bky"]

Family = NDArray[np.float64]

_STATSMODELS_NAME: Final[dict[str, str]] = {
    "hochberg": "simes-hochberg",
    "by": "fdr_by",
    "bky": "fdr_tsbky",
}


# The share of true nulls is counted among p-values; fewer than these say little about it.
STOREY_FROM: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoreyQ(Record):
    """Storey's q-values, in the order of the p-values.

    Attributes
    ----------
    q_values : tuple of float
        The expected share of false claims when this comparison and all with smaller p-values are claimed.
    null_share : float
        Estimated share of comparisons without an effect, ``#{p ≥ λ}/(m(1−λ))``, at most 1.
    threshold : float
        λ.
    """

    q_values: tuple[float, ...]
    null_share: float
    threshold: float


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
    checked_alpha(alpha)
    family = _family(p_values)
    if len(family) == 0:
        return ()
    if procedure in _OWN:
        return tuple(float(p) for p in _OWN[procedure](family))
    from statsmodels.stats.multitest import multipletests

    with np.errstate(divide="ignore"):  # Šidák's log(1 − p) at p = 1
        adjusted = multipletests(family, alpha=alpha, method=_STATSMODELS_NAME.get(procedure, procedure))[1]
    return tuple(float(p) for p in adjusted)


def storey_q_values(p_values: Sequence[float], *, threshold: float = 0.5) -> StoreyQ:
    """Turn many p-values into q-values, using how many comparisons seem to have no effect.

    ``q = π₀·p·m/rank``, the running smallest from the largest p on, with π₀ from the p-values above `threshold`
    (Storey 2002, with one λ). Needs at least 100 p-values that are independent or weakly dependent, and continuous:
    p-values of few events pile up at 1.

    >>> answer = storey_q_values([0.001] * 60 + [0.2] * 20 + [0.8] * 20)
    >>> answer.null_share, round(answer.q_values[0], 6)
    (0.4, 0.000667)
    """
    family = _family(p_values)
    if len(family) < STOREY_FROM:
        raise InputError(
            f"Storey's q-values need at least {STOREY_FROM} p-values; got {len(family)}. Use procedure 'bh'."
        )
    if not 0 < threshold < 1:
        raise InputError(f"threshold must lie between 0 and 1; got {threshold}.")
    null_share = min(1.0, float(np.mean(family >= threshold)) / (1 - threshold))
    if null_share == 0:
        raise InputError(f"No p-value is above {threshold:g}, so the share of true nulls is unknown. Use 'bh'.")
    adjusted = null_share * _benjamini_hochberg(family)
    return StoreyQ(q_values=tuple(float(q) for q in adjusted), null_share=null_share, threshold=threshold)


def _family(p_values: Sequence[float]) -> Family:
    family = floats("p_values", p_values)
    if family.ndim != 1 or not ((family >= 0) & (family <= 1)).all():
        raise InputError(f"p-values must lie between 0 and 1; got {p_values}.")
    return family


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
