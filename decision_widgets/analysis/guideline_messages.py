"""Codes of an advice on a switchback, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from decision_widgets.analysis.guideline_evidence import Evidence
from decision_widgets.analysis.guideline_power import in_words
from decision_widgets.analysis.guideline_rules import (
    ADVISED_DAYS,
    ADVISED_SLOT,
    CANDIDATES,
    FEW_UNITS,
    GAPS,
    LEAST_DAYS,
    LEAST_SLOT,
    LEAST_UNITS,
)
from decision_widgets.analysis.past_panel import PastPanel
from decision_widgets.analysis.past_windows import units_of
from decision_widgets.analysis.provenance import in_order
from decision_widgets.design import Switchback
from decision_widgets.results import Message
from decision_widgets.results.guideline_records import MetricSimulation
from decision_widgets.vocabulary import readable

DRAWN: Final = {"pairs": "pair of slots", "day-balanced": "day", "minimax": "stretch of slots"}


def messages_of(
    design: Switchback,
    panel: PastPanel,
    evidence: Evidence | None,
    simulations: Sequence[MetricSimulation],
    days: int,
) -> tuple[Message, ...]:
    """Say what stops or bends the advice, errors first."""
    found = [*_of_history(panel, evidence), *_of_design(design, panel), *_of_units(design, panel, simulations, days)]
    return tuple(in_order([*found, *(message for each in simulations for message in _of_simulation(each))]))


def _of_history(panel: PastPanel, evidence: Evidence | None) -> Iterator[Message]:
    if panel.days < LEAST_DAYS:
        yield Message.of("E_NO_PREPERIOD", days=panel.days)
    elif panel.days < ADVISED_DAYS:
        yield Message.of("W_SHORT_PREPERIOD", days=panel.days)
    for name, own in panel.unreadable.items():
        yield Message.of("E_METRIC_KIND", metric=name, what=own.what, remedy=own.remedy)
    if evidence is not None and evidence.missing > GAPS:
        yield Message.of("W_PANEL_GAPS", percent=f"{evidence.missing:.1%}", where=evidence.worst)


def _of_design(design: Switchback, panel: PastPanel) -> Iterator[Message]:
    if design.onset == "habit":
        yield Message.of("E_HABIT")
    if design.burn_in and design.slot < LEAST_SLOT * design.burn_in:
        yield Message.of(
            "E_SLOT_SHORT",
            slot=in_words(design.slot),
            burn_in=in_words(design.burn_in),
            percent=f"{design.burn_in / design.slot:.0%}",
            least=in_words(LEAST_SLOT * design.burn_in),
            advised=in_words(next((m for m in CANDIDATES if m >= ADVISED_SLOT * design.burn_in), design.slot)),
        )
    yield from _of_clusters(design, panel)
    if design.weights == "rows":
        yield Message.of("W_POST_WEIGHT")


def _of_clusters(design: Switchback, panel: PastPanel) -> Iterator[Message]:
    several = len(panel.regions) > 1 and design.regions == "together"
    by_slot = design.cluster in ("slot", "region-slot") and design.assignment in DRAWN
    if by_slot or (several and design.cluster in ("region-slot", "region-day")):
        drawn = DRAWN.get(design.assignment, "slot") if by_slot else "slot of all regions"
        yield Message.of(
            "E_CLUSTER_FINE",
            cluster=design.cluster.replace("-", " × "),
            drawn=f"a whole {drawn}",
            remedy="leave cluster= out",
        )
    elif design.cluster == "region":
        yield Message.of("W_REGION_CLUSTER", n=len(panel.regions))


def _of_units(
    design: Switchback, panel: PastPanel, simulations: Sequence[MetricSimulation], days: int
) -> Iterator[Message]:
    units = units_of(design, len(panel.regions), days)
    if units >= 2 * FEW_UNITS:
        return
    df = f"{simulations[0].df:.1f}" if simulations else "unknown"
    for metric in design.metrics:
        yield Message.of(
            "E_FEW_CLUSTERS" if units < 2 * LEAST_UNITS else "W_FEW_CLUSTERS",
            metric=readable(metric.name),
            units="days" if design.assignment == "days" else "slots",
            n_treatment=units // 2,
            n_control=units - units // 2,
            df=df,
        )


def _of_simulation(found: MetricSimulation) -> Iterator[Message]:
    if found.aa_status == "holds":
        return
    yield Message.of(
        "E_AA_FAIL" if found.aa_status == "fails" else "I_AA_CONSERVATIVE",
        metric=readable(found.metric),
        n=found.done,
        percent=f"{found.aa_rate:.1%}",
        interval=f"{found.aa_lower:.1%} to {found.aa_upper:.1%}",
        alpha=f"{found.alpha:.0%}",
    )
