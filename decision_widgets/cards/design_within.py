"""What there is to say about the slots of a switchback's form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from decision_widgets.cards.design_form import Form
from decision_widgets.cards.design_texts import NOT_READ, minutes_of, moment_of, whole_of
from decision_widgets.design import Schedule
from decision_widgets.design.clock import DAY, as_length
from decision_widgets.design.schedule import LEAST_MINIMAX, alias_problem, arms_by_coin, blocks_of
from decision_widgets.moments import EVERYWHERE
from decision_widgets.vocabulary import Assignment

Said = tuple[str, list[str], dict[str, object]]
ANY_START: Final = "2026-01-01T00:00"
USUAL_DAYS: Final = 14
WEEK: Final = 7
LEAST_CLUSTERS: Final = 20
LARGEST_SEED: Final = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How time is cut, as the form says it; what `blocks_of` and `arms_by_coin` ask of a design."""

    slot: int
    burn_in: int
    order: int
    days: int
    start: str
    seed: int
    assignment: Assignment
    regions: tuple[str, ...]
    together: bool
    cluster: str

    @property
    def n_slots(self) -> int:
        """Slots of one region."""
        return self.days * DAY // self.slot

    def blocks(self) -> list[int]:
        """Number what one toss decides, slot by slot."""
        return blocks_of(self, self.start, self.n_slots)

    def n_clusters(self) -> int:
        """Count what errors are clustered by."""
        n_regions = len(self.regions)
        drawn = len(set(self.blocks())) * (1 if self.together else n_regions)
        return {
            "draw": drawn,
            "slot": self.n_slots,
            "region-slot": self.n_slots * n_regions,
            "day": self.days,
            "region-day": self.days * n_regions,
            "region": n_regions,
        }[self.cluster]

    def schedule(self) -> Schedule:
        """Draw the arms of every region."""
        arms = {
            name: arms_by_coin(self.assignment, self.blocks(), self.seed, EVERYWHERE if self.together else name)
            for name in self.regions
        }
        return Schedule(start=self.start, slot=self.slot, arms=arms)


def slots_of(form: Form) -> Slots | None:
    """Read how time is cut; ``None`` while a field is not read, or slots do not fit into days."""
    slot, burn_in, reach = (minutes_of(form[key]) for key in ("slot", "burn_in", "carryover"))
    days, seed, start = whole_of(form["days"]), whole_of(form["seed"]), moment_of(form["start"])
    if not isinstance(slot, int) or not slot or NOT_READ in (burn_in, reach, days, seed, start) or days == 0:
        return None
    length = days if isinstance(days, int) else USUAL_DAYS
    drawn_with = seed if isinstance(seed, int) else 0
    wrong_length = (DAY % slot and slot % DAY) or length * DAY % slot
    if wrong_length or drawn_with > LARGEST_SEED or (form["region"] and not form["regions"]):
        return None
    burnt = burn_in if isinstance(burn_in, int) else 0
    return Slots(
        slot=slot,
        burn_in=burnt,
        order=reach if isinstance(reach, int) else burnt,
        days=length,
        start=start if isinstance(start, str) else ANY_START,
        seed=drawn_with,
        assignment=form["assignment"],
        regions=tuple(form["regions"]) if form["region"] else (EVERYWHERE,),
        together=form["together"] or not form["region"],
        cluster=form["cluster"],
    )


def fits(slots: Slots) -> bool:
    """Tell whether the run holds whole stretches of its mechanism."""
    if slots.assignment != "minimax":
        return True
    order = -(-slots.order // slots.slot)
    return order > 0 and slots.n_slots % order == 0 and slots.n_slots // order >= LEAST_MINIMAX


def drawn_arms(form: Form) -> dict[str, str] | None:
    """Draw the arms of every region as the form stands; ``None`` while that cannot be done, or a schedule was given."""
    slots = slots_of(form) if form["design"] == "switchback" and form["schedule"] is None else None
    if slots is None or not fits(slots):
        return None
    return dict(slots.schedule().arms)


def within_messages(form: Form) -> Iterator[Said]:
    """List what there is to say, as code, fields and facts."""
    yield from _field_messages(form)
    slot, burn_in = _minutes(form, "slot"), _minutes(form, "burn_in")
    if slot:
        yield from _slot_messages(form, slot, burn_in or 0)
    if form["region"] and not form["regions"] and form["start"].strip():
        yield "NO_REGIONS", ["regions"], {}
    if form["cluster"] in ("region", "region-slot", "region-day") and not form["region"]:
        yield "CLUSTER_REGION", ["cluster"], {"cluster": form["cluster"]}
    elif form["cluster"] == "region":
        yield "REGION_CLUSTER", ["cluster"], {}
    names = [arm["name"].strip() for arm in form["arms"][:2]]
    if len(names) > 1 and names[0] and names[0] == names[1]:
        yield "ARM_NAMES", ["arms.1.name"], {}
    days = whole_of(form["days"])
    if isinstance(days, int) and days % WEEK:
        yield "SHORT_RUN", ["days"], {"days": days, "weeks": -(-days // WEEK) * WEEK}
    yield from _schedule_messages(form)


def _minutes(form: Form, key: str) -> int | None:
    found = minutes_of(form[key])
    return found if isinstance(found, int) else None


def _field_messages(form: Form) -> Iterator[Said]:
    for key, what in (("slot", "slot"), ("burn_in", "burn-in"), ("carryover", "carry-over")):
        found = minutes_of(form[key])
        if found is NOT_READ or (key == "slot" and not found):
            yield "BAD_LENGTH", [key], {"what": what, "typed": form[key].strip()}
    days, seed = whole_of(form["days"]), whole_of(form["seed"])
    if days is NOT_READ or days == 0:
        facts: dict[str, object] = {"what": "Days", "above": " above 0", "typed": form["days"].strip(), "example": "14"}
        yield "BAD_WHOLE", ["days"], facts
    if seed is NOT_READ or (isinstance(seed, int) and seed > LARGEST_SEED):
        yield "BAD_WHOLE", ["seed"], {"what": "The seed", "above": "", "typed": form["seed"].strip(), "example": "7"}
    if moment_of(form["start"]) is NOT_READ:
        yield "BAD_START", ["start"], {"typed": form["start"].strip()}


def _slot_messages(form: Form, slot: int, burn_in: int) -> Iterator[Said]:
    if DAY % slot and slot % DAY:
        yield "SLOT_DAY", ["slot"], {"slot": as_length(slot)}
    if burn_in >= slot:
        yield "BURN_IN_TOO_LONG", ["burn_in", "slot"], {}
    elif 3 * burn_in > slot:
        yield "BURN_IN_LARGE", ["burn_in", "slot"], {"percent": f"{round_half_up(100 * burn_in / slot)}%"}
    kind = form["assignment"]
    if kind == "days" and slot != DAY:
        yield "DAYS_SLOT", ["assignment", "slot"], {"slot": as_length(slot)}
    if kind == "day-balanced" and slot >= DAY:
        yield "BALANCED_SLOT", ["assignment", "slot"], {"slot": as_length(slot)}
    if kind == "minimax" and not (_minutes(form, "carryover") or (_minutes(form, "carryover") is None and burn_in)):
        yield "MINIMAX_REACH", ["assignment", "carryover"], {}
    days = whole_of(form["days"])
    if isinstance(days, int) and days and days * DAY % slot:
        facts: dict[str, Any] = {"blocks": "slots", "days": days, "slot": as_length(slot)}
        yield "SCHEDULE_FIT", ["days", "slot"], facts


def _schedule_messages(form: Form) -> Iterator[Said]:
    if form["schedule"] is not None:
        yield "GIVEN_SCHEDULE", [], {}
        return
    slots = slots_of(form)
    if slots is None or (slots.assignment == "minimax" and not slots.order):
        return
    if not fits(slots):
        facts: dict[str, Any] = {
            "blocks": "stretches of the carry-over",
            "days": slots.days,
            "slot": as_length(slots.slot),
        }
        yield "SCHEDULE_FIT", ["days", "carryover", "assignment"], facts
        return
    n = slots.n_clusters()
    if n < LEAST_CLUSTERS:
        yield "FEW_CLUSTERS", ["cluster", "days"], {"n": n, "remedy": "add regions or days, or cluster by one draw"}
    if alias_problem(slots.schedule()) is not None:
        yield "SCHEDULE_ALIAS", ["seed", "days"], {}
    elif not form["start"].strip():
        yield "NO_START", ["start"], {}


def round_half_up(value: float) -> int:
    """Round as the browser does.

    >>> round_half_up(66.5), round_half_up(67.49)
    (67, 67)
    """
    return int(value + 0.5)
