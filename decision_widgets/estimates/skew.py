"""How far skewness pushes the tails of a test of means off their level."""

from __future__ import annotations

from typing import Final

from decision_widgets.moments import ArmMoments

TAIL_PER_KAPPA: Final = 0.0845
"""Share by which each tail is off per unit of κ at a two-sided level of 5 % (Edgeworth expansion, Hall 1992)."""


def difference_skewness(control: ArmMoments, treatment: ArmMoments) -> float:
    """Return κ, the skewness of the difference between two arms.

    ``κ = (g_t·s_t³/n_t² − g_c·s_c³/n_c²) / SE³`` on participants' linearised values, with g their skewness and s
    their standard deviation.
    """
    parts = [(a.skewness, a.linearised_variance / a.n_participants, a.n_participants) for a in (treatment, control)]
    total = sum(v for _, v, _ in parts)
    third = [g * (v / total) ** 1.5 / n**0.5 for g, v, n in parts]
    return float(third[0] - third[1])
