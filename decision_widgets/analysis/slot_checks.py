"""Was the switchback served as it was drawn, and can its arms be compared at all? Before any effect is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from typing import Final

import numpy as np

from decision_widgets.analysis.slot_cells import fixed_effects
from decision_widgets.analysis.slot_run import (
    BOTH,
    NOTHING,
    Arms,
    Flags,
    SlotRun,
    broken,
    clusters_of,
    disagreeing,
    draw_words,
    is_finer,
    off_plan,
)
from decision_widgets.analysis.time_effects import HOURS
from decision_widgets.design.clock import DAY, as_length
from decision_widgets.design.schedule import Schedule, alias_problem
from decision_widgets.errors import InputError, listed
from decision_widgets.estimates import (
    LabelBalance,
    PanelCells,
    hour_balance,
    lost_slots,
    panel_regression,
    sample_ratio,
)
from decision_widgets.estimates.slot_balance import MISMATCH_LIMIT
from decision_widgets.moments import EVERYWHERE
from decision_widgets.results import Message
from decision_widgets.results.switchback_records import ScheduleCheck, UnitCount, VolumeShift
from decision_widgets.views import numbers

TORN_ABOVE: Final = 0.001
SRM_BELOW: Final = 0.001
SRM_WATCH_BELOW: Final = 0.01
GAPS_ABOVE: Final = 0.02
VOLUME_BELOW: Final = 0.001
LEAST_TO_COINCIDE: Final = 8
# By chance two regions agree in so many draws once in half a million.
DRAWS_TO_COINCIDE: Final = 20
MOST_EXAMPLES: Final = 5
WEEK: Final = 7
PLAN_REMEDY: Final = (
    "check slot=, start=, the clock of the timestamps and that schedule= is the one that was served; else fix serving"
)


def schedule_check(run: SlotRun) -> ScheduleCheck:
    """Compare what was served with the plan and with what the assignment can draw."""
    off, served = off_plan(run), run.served != NOTHING
    n, n_off = int(served.sum()), int(off.sum())
    share = n_off / n if n else 0.0
    balance = _balance(run)
    # Without a column of arms the plan stands for what was served, which nobody recorded.
    unknown = run.planned is None or run.design.arm is None
    status = "unknown" if unknown else "mismatch" if share > MISMATCH_LIMIT else "as-planned"
    meant = _meant(run)
    lost = [int(((meant == arm) & ~served).sum()) for arm in (0, 1)]
    return ScheduleCheck(
        status=status,  # type: ignore[arg-type]  # one of three words
        n_slots=n,
        n_mismatched=n_off,
        mismatch_share=share,
        lost=UnitCount(label="lost", control=lost[0], treatment=lost[1]),
        broken_blocks=len(np.unique(run.draw[broken(run, run.known)])),
        balance_p=None if balance is None else balance.p_value,
        balance_method=None if balance is None else balance.method,
        volume=_volume(run),
        units=tuple(_units(run)),
        examples=tuple(_examples(run, off)),
    )


def schedule_messages(run: SlotRun, check: ScheduleCheck) -> Iterator[Message]:
    """Say what breaks the comparison of arms, and what is to be known about how slots were served."""
    yield from _mismatches(run, check)
    alias = _alias(run)
    if alias is not None:
        yield Message.of("E_SCHEDULE_ALIAS", why=alias)
    yield from _clusters(run)
    yield from _torn(run)
    yield from _ratio(run)
    yield from _lost(run)
    if run.reading.clock_changes:
        n = numbers.integer(len(run.reading.clock_changes) * run.shape[0])
        yield Message.of("I_CLOCK_CHANGE", n=n)
    if not run.design.burn_in:
        yield Message.of("W_NO_BURN_IN")
    elif run.design.order > run.design.burn_in:
        lengths = {"burn_in": as_length(run.design.burn_in), "carryover": as_length(run.design.order)}
        yield Message.of("W_SHORT_BURN_IN", **lengths)
    yield from _left_out(run)
    yield from _gaps(run)
    yield from _length(run)
    if run.design.weights == "rows":
        yield Message.of("W_POST_WEIGHT")
    volume = check.volume
    if volume is not None and volume.p_value < VOLUME_BELOW:
        said = numbers.relative(volume.effect_share, volume.effect_lower, volume.effect_upper)
        p = numbers.p_value(volume.p_value)
        yield Message.of("W_VOLUME_SHIFT", percent=said.effect, interval=said.interval, p=p)


def _mismatches(run: SlotRun, check: ScheduleCheck) -> Iterator[Message]:
    of = f"{numbers.integer(check.n_slots)} slots"
    if run.planned is not None and check.mismatch_share > MISMATCH_LIMIT:
        what = f"{_counted(check.n_mismatched, 'slot')} served another arm than planned."
        percent = numbers.level_percent(check.mismatch_share)
        yield Message.of("E_SCHEDULE_MISMATCH", what=what, percent=percent, of=of, remedy=PLAN_REMEDY)
    differ = disagreeing(run)
    share = float(differ[0].mean())
    if share > MISMATCH_LIMIT:
        yield Message.of(
            "E_SCHEDULE_MISMATCH",
            what=f"Regions differ in {_counted(int(differ[0].sum()), 'slot')}, though they should switch together.",
            percent=numbers.level_percent(share),
            of=f"{numbers.integer(run.n_slots)} slots",
            remedy="write regions='separate' if every region has coins of its own",
        )
    one, many = draw_words(run)
    n = len(np.unique(run.draw))
    if check.broken_blocks / n > MISMATCH_LIMIT and not differ.all(axis=0).mean() > MISMATCH_LIMIT:
        yield Message.of(
            "E_SCHEDULE_MISMATCH",
            what=f"{_counted(check.broken_blocks, one, many)} cannot have been drawn with "
            f"assignment={run.design.assignment!r}.",
            percent=numbers.level_percent(check.broken_blocks / n),
            of=f"{numbers.integer(n)} {many}",
            remedy="state with assignment= how slots were drawn, and with start= when the first one began",
        )


def _counted(n: int, one: str, many: str = "") -> str:
    return f"1 {one}" if n == 1 else f"{numbers.integer(n)} {many or one + 's'}"


def _alias(run: SlotRun) -> str | None:
    texts = {
        name: "".join("01."[arm if arm in (0, 1) else 2] for arm in own)
        for name, own in zip(run.reading.regions, run.served, strict=True)
    }
    texts = {name: text for name, text in texts.items() if set(text) & set("01")}
    if not texts:
        return "No slot has one arm."
    # Slots without rows hide nothing: what they may have been is filled in as a tied schedule would have it.
    for fill in (_as_other_days, _as_alternating):
        filled = {name: fill(text, DAY // run.design.slot) for name, text in texts.items()}
        found = alias_problem(Schedule(start=run.moment(0), slot=run.design.slot, arms=filled))
        if found is not None:
            return found
    return None


def _as_other_days(text: str, per_day: int) -> str:
    """Fill slots without an arm with that of the same slot on the first day that has one."""
    if per_day < 1:
        return text
    usual = [next((sign for sign in text[place::per_day] if sign != "."), ".") for place in range(per_day)]
    return "".join(usual[i % per_day] if sign == "." else sign for i, sign in enumerate(text))


def _as_alternating(text: str, per_day: int) -> str:
    """Fill slots without an arm as if arms took turns from the first that has one."""
    first = next(i for i, sign in enumerate(text) if sign != ".")
    turn = int(text[first]) ^ (first & 1)
    return "".join(str(turn ^ (i & 1)) if sign == "." else sign for i, sign in enumerate(text))


def _clusters(run: SlotRun) -> Iterator[Message]:
    one, _ = draw_words(run)
    clusters = clusters_of(run)
    if is_finer(clusters.label, run.draw):
        remedy = "leave cluster= out: one draw of the schedule is the usual cluster"
        yield Message.of("E_CLUSTER_FINE", cluster=clusters.one, drawn=f"a whole {one}", remedy=remedy)
    elif run.design.cluster == "region":
        yield Message.of("W_REGION_CLUSTER", n=run.shape[0])
    seen = run.served if run.planned is None else run.planned
    whole = np.isin(seen, (0, 1)).all(axis=0)
    if run.separate and whole.sum() >= LEAST_TO_COINCIDE and (seen[:, whole] == seen[:1, whole]).all():
        yield Message.of(
            "E_CLUSTER_FINE",
            cluster="region as well",
            drawn="all regions at once, whose arms coincide in every slot",
            remedy="write regions='together'",
        )
    elif run.separate and (pair := _sharing_a_coin(run, seen)) is not None:
        yield Message.of(
            "E_CLUSTER_FINE",
            cluster="region",
            drawn=f"{pair[0]} and {pair[1]} at once, whose arms coincide in every slot",
            remedy="name in region= what switched together",
        )


def _sharing_a_coin(run: SlotRun, seen: Arms) -> tuple[str, str] | None:
    """Name two regions whose arms are alike, or opposite, in more draws than chance would have them."""
    known = np.isin(seen, (0, 1))
    for first, second in combinations(range(run.shape[0]), 2):
        both = known[first] & known[second]
        if len(np.unique(run.block[both])) < DRAWS_TO_COINCIDE:
            continue
        alike = seen[first, both] == seen[second, both]
        if alike.all() or not alike.any():
            return run.reading.regions[first], run.reading.regions[second]
    return None


def _torn(run: SlotRun) -> Iterator[Message]:
    """Judge slots with both arms where no plan tells which of them was meant."""
    torn = int((run.served == BOTH).sum())
    if run.planned is not None or not torn:
        return
    share = torn / int((run.served != NOTHING).sum())
    code = "E_CONTAMINATION" if share > TORN_ABOVE else "W_CONTAMINATION"
    yield Message.of(code, who=_counted(torn, "slot"), percent=numbers.level_percent(share))


def _ratio(run: SlotRun) -> Iterator[Message]:
    """Test the number of treated units where each has a coin of its own."""
    if run.design.assignment not in ("slots", "days", "minimax"):
        return
    known = run.known if run.separate else run.known[:1] if run.planned is not None else run.known.max(axis=0)[None, :]
    unit = run.unit if run.separate else run.unit[:1]
    first = np.unique(unit[np.isin(known, (0, 1))], return_index=True)[1]
    arm = known[np.isin(known, (0, 1))][first]
    if len(arm) == 0:
        return
    found = sample_ratio([int((arm == 0).sum()), int((arm == 1).sum())], [0.5, 0.5])
    facts = {"planned": "50/50", "observed": " / ".join(map(str, found.observed)), "units": "drawn units"}
    facts["p"] = numbers.p_value(found.p_value)
    if found.p_value < SRM_BELOW:
        yield Message.of("E_SRM", **facts)
    elif found.p_value < SRM_WATCH_BELOW:
        yield Message.of("W_SRM_WATCH", **facts)


def _meant(run: SlotRun) -> Arms:
    """Return the arm that each slot should have had: by the plan, or as the other slot of its pair tells."""
    if run.planned is not None:
        return run.planned
    meant = np.where(np.isin(run.served, (0, 1)), run.served, NOTHING).astype(np.int8)
    if run.design.assignment == "pairs":
        n = run.n_slots - run.n_slots % 2
        first, second = meant[:, :n:2], meant[:, 1:n:2]
        alone = (first == NOTHING) ^ (second == NOTHING)
        other = np.where(first == NOTHING, 1 - second, 1 - first).astype(np.int8)
        meant[:, :n:2] = np.where(alone & (first == NOTHING), other, first)
        meant[:, 1:n:2] = np.where(alone & (second == NOTHING), other, second)
    return meant


def _lost(run: SlotRun) -> Iterator[Message]:
    """Test whether one arm lost more of its slots than the other."""
    meant, gone = _meant(run), run.served == NOTHING
    if not run.separate:
        meant, gone = meant.max(axis=0, keepdims=True), gone.all(axis=0, keepdims=True)
    own = np.isin(meant, (0, 1))
    arm, is_lost = meant[own], gone[own]
    if not is_lost.any() or is_lost.all() or len(np.unique(arm)) < 2:
        return
    seen_arm = [None if lost else own for lost, own in zip(is_lost.tolist(), arm.tolist(), strict=True)]
    p = lost_slots(arm.tolist(), seen_arm, seed=run.design.seed).p_value
    planned = " / ".join(str(int((arm == each).sum())) for each in (0, 1))
    seen = " / ".join(str(int(((arm == each) & ~is_lost).sum())) for each in (0, 1))
    facts = {"planned": planned, "observed": seen, "units": "slots with rows", "p": numbers.p_value(p)}
    if p < SRM_BELOW:
        yield Message.of("E_SRM", **facts)
    elif p < SRM_WATCH_BELOW:
        yield Message.of("W_SRM_WATCH", **facts)


def _left_out(run: SlotRun) -> Iterator[Message]:
    reading, found = run.reading, {}
    inside = (reading.slot >= 0) & (reading.slot < run.n_slots)
    gone = ~run.kept & (run.served != NOTHING)
    slot = np.where(inside, reading.slot, 0)
    found["in slots that cannot be compared"] = int(reading.rows[inside & gone[reading.region, slot]].sum())
    found |= {f"without {column}" if " " not in column else column: n for column, n in reading.left_out.items()}
    found = {where: n for where, n in found.items() if n}
    if found:
        n = sum(found.values())
        code = "W_LEFT_OUT" if n / reading.n_rows > 0.01 else "I_LEFT_OUT"
        where = " and ".join(f"{numbers.integer(k)} {words}" for words, k in found.items())
        percent = numbers.level_percent(n / reading.n_rows)
        yield Message.of(code, n=numbers.integer(n), percent=percent, where=where, so="")


def _gaps(run: SlotRun) -> Iterator[Message]:
    """Count clock hours of a region without rows."""
    reading = run.reading
    first, last = (reading.start + slot * run.design.slot for slot in (0, run.n_slots))
    hours = np.arange(first // 60, -(-last // 60))
    seen = np.zeros((run.shape[0], len(hours)), dtype=bool)
    own = (reading.slot >= 0) & (reading.slot < run.n_slots) & (reading.rows > 0)
    seen[reading.region[own], reading.hour[own] - hours[0]] = True
    plan = run.design.schedule
    absent = [] if plan is None else [name for name in plan.arms if name not in (*reading.regions, EVERYWHERE)]
    share = 1 - float(seen.sum()) / ((run.shape[0] + len(absent)) * len(hours))
    if share <= GAPS_ABOVE:
        return
    if absent:
        where = f"{'region' if len(absent) == 1 else 'the regions'} {listed(absent, 3)}, which no row names"
    elif run.shape[0] > 1:
        where = f"region {reading.regions[int((~seen).sum(axis=1).argmax())]}"
    else:
        lacking = np.bincount((hours % HOURS).astype(np.intp), (~seen[0]).astype(float), minlength=HOURS)
        where = f"the hour from {int(lacking.argmax())}:00"
    yield Message.of("W_PANEL_GAPS", percent=numbers.level_percent(share), where=where)


def _length(run: SlotRun) -> Iterator[Message]:
    days = run.days
    if days % WEEK:
        why = "That is less than a week" if days < WEEK else "That is not a number of whole weeks"
        said = "1 day" if days == 1 else f"{days:.3g} days" if days < 100 else f"{round(days)} days"
        yield Message.of("W_SHORT_RUN", days=said, why=why)


def _balance(run: SlotRun) -> LabelBalance | None:
    """Test hours of the day against arms, one entry per slot that was drawn by itself."""
    if run.design.slot >= DAY:
        return None
    known = run.known if run.separate else run.known[:1]
    region, slot = np.nonzero(np.isin(known, (0, 1)))
    arm = known[region, slot]
    hour = ((run.reading.start + slot * run.design.slot) % DAY // 60).tolist()
    blocked = run.design.assignment in ("pairs", "day-balanced", "minimax")
    block = run.draw[region, slot].tolist() if blocked else None
    with suppress(InputError):
        return hour_balance(hour, arm.tolist(), block=block, seed=run.design.seed)
    return None


def _volume(run: SlotRun) -> VolumeShift | None:
    """Regress the logarithm of rows per slot and region on treatment, with the same fixed effects and clusters."""
    reading = run.reading
    inside = (reading.slot >= 0) & (reading.slot < run.n_slots)
    rows = np.zeros(run.shape)
    np.add.at(rows, (reading.region[inside], reading.slot[inside]), reading.rows[inside])
    region, slot = np.nonzero(run.kept & (rows > 0))
    log = np.log(rows[region, slot])
    if not len(log) or np.ptp(log) == 0:
        return None
    # The first cell of each slot stands for it: its hour is the one in which the slot begins.
    order = np.lexsort((reading.hour, reading.slot, reading.region))
    key = reading.region[order] * (run.n_slots + 1) + np.where(inside[order], reading.slot[order], run.n_slots)
    found, first = np.unique(key, return_index=True)
    at = order[first[np.searchsorted(found, region * (run.n_slots + 1) + slot)]]
    cells = PanelCells(
        weight=np.ones(len(log)),
        mean=log,
        within=np.zeros(len(log)),
        treatment=(run.served[region, slot] == 1).astype(float),
        fixed_effects={k: v for k, v in fixed_effects(run, at).items() if k not in run.design.fixed_effects},
        cluster=clusters_of(run).label[region, slot],
    )
    with suppress(InputError):
        fit = panel_regression(cells, alpha=run.design.alpha)
        effect, lower, upper = np.expm1([fit.effect, fit.effect_lower, fit.effect_upper]).tolist()
        return VolumeShift(effect_share=effect, effect_lower=lower, effect_upper=upper, p_value=fit.p_value)
    return None


def _units(run: SlotRun) -> Iterator[UnitCount]:
    for name, own, kept in zip(run.reading.regions, run.served, run.kept, strict=True):
        label = name if run.shape[0] > 1 else "slots"
        yield UnitCount(label=label, control=int((kept & (own == 0)).sum()), treatment=int((kept & (own == 1)).sum()))


def _examples(run: SlotRun, off: Flags) -> Iterator[str]:
    for region, slot in np.argwhere(off)[:MOST_EXAMPLES].tolist():
        got = int(run.served[region, slot])
        served = "both arms" if got == BOTH else run.arms[got]
        where = f"{run.reading.regions[region]}, " if run.shape[0] > 1 else ""
        wanted = "" if run.planned is None else _wanted(run, int(run.planned[region, slot]))
        yield f"{where}{run.moment(slot).replace('T', ' ')}: {served}{wanted}"


def _wanted(run: SlotRun, arm: int) -> str:
    return ", not planned" if arm == NOTHING else f" instead of {run.arms[arm]}"


def burn_in_share(run: SlotRun) -> float:
    """Return the share of the analysed slots' minutes that the burn-in leaves out."""
    drawn = run.first_of_draw == np.arange(run.n_slots)
    counted = np.broadcast_to(drawn if run.design.assignment == "minimax" else np.ones(run.n_slots, bool), run.shape)
    kept = int(run.kept.sum())
    return run.design.burn_in * int((counted & run.kept).sum()) / (run.design.slot * kept) if kept else 0.0
