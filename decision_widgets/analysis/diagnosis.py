"""What is wrong or surprising, in codes, before any effect is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from decision_widgets.analysis.covariates import covariate_messages
from decision_widgets.data import MetricReading, Reading, Unreadable
from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.estimates import SampleRatio, SequentialSampleRatio, allocation, homogeneity_p
from decision_widgets.moments import ArmMoments
from decision_widgets.results import Message
from decision_widgets.views import numbers

CONTAMINATED_ABOVE: Final = 0.001
SRM_BELOW: Final = 0.001
SRM_WATCH_BELOW: Final = 0.01
LEAST_TO_ESTIMATE: Final = 3
LEAST_TO_TRUST: Final = 30
LEAST_EVENTS: Final = 10
MODAL_SHARE_ABOVE: Final = 0.99
TOP_SHARE_ABOVE: Final = 0.50
# Below this one of so few often carries half of the variance, even of normal values (3% of arms of 15, 0.5% of 20).
LEAST_TO_DOMINATE: Final = 20
PARTICIPANTS_PER_TOP: Final = 100
KAPPA_ABOVE: Final = 0.12
MISSING_ABOVE: Final = 0.05
MISSING_BY_ARM_BELOW: Final = 0.001
LEFT_OUT_ABOVE: Final = 0.01
WEEK: Final = 7
COSTLY_ABOVE: Final = 1.1


def run_messages(design: BetweenSubject, reading: Reading, ratio: SampleRatio | SequentialSampleRatio) -> list[Message]:
    """Judge the run as a whole: split, contamination, length."""
    return [
        *_split(design, ratio),
        *_arms(design, ratio),
        *_contamination(reading),
        *_left_out(reading),
        *_length(reading),
        *_rows(design),
    ]


def metric_messages(design: BetweenSubject, reading: Reading) -> list[Message]:
    """Judge each metric's data; an error here refuses that metric alone."""
    messages: list[Message] = []
    fine = sum(isinstance(read, Unreadable) for read in reading.metrics.values()) == 1
    for metric in design.metrics:
        read = reading.metrics[metric.name]
        if isinstance(read, Unreadable):
            others = " The other metrics are fine." if len(design.metrics) > 1 and fine else ""
            messages.append(
                Message.of("E_METRIC_KIND", metric=metric.name, what=read.what + others, remedy=read.remedy)
            )
        else:
            messages += _about(design, metric, read, reading)
            messages += covariate_messages(metric, read)
    return messages + list(_repeated(design, reading))


def _split(design: BetweenSubject, ratio: SampleRatio | SequentialSampleRatio) -> Iterator[Message]:
    facts = {
        "planned": "/".join(f"{100 * e / sum(ratio.expected):.4g}" for e in ratio.expected),
        "observed": " / ".join(numbers.integer(n) for n in ratio.observed),
        "p": numbers.p_value(ratio.p_value),
    }
    if ratio.p_value < SRM_BELOW:
        yield Message.of("E_SRM", **facts)
    elif ratio.p_value < SRM_WATCH_BELOW:
        yield Message.of("W_SRM_WATCH", **facts)
    if design.arms is None:
        yield Message.of("I_EQUAL_SPLIT")


def _arms(design: BetweenSubject, ratio: SampleRatio | SequentialSampleRatio) -> Iterator[Message]:
    if design.arms is None:
        return
    for arm, n in zip(design.arms, ratio.observed, strict=True):
        if not n:
            yield Message.of("W_ARM_DROPPED", arm=arm.name)
    split = allocation([arm.share for arm in design.arms])
    if split.sample_factor > COSTLY_ABOVE:
        best = numbers.level_percent(split.best_control_share)
        yield Message.of("I_ALLOC_COST", factor=numbers.fixed(split.sample_factor, 2), best=best)


def _contamination(reading: Reading) -> Iterator[Message]:
    torn = reading.n_contaminated
    if torn == 0:
        return
    share = torn / (torn + sum(reading.participants.values()))
    code = "E_CONTAMINATION" if share > CONTAMINATED_ABOVE else "W_CONTAMINATION"
    who = "1 participant" if torn == 1 else f"{numbers.integer(torn)} participants"
    yield Message.of(code, who=who, percent=numbers.level_percent(share))


def _left_out(reading: Reading) -> Iterator[Message]:
    dropped = {column: n for column, n in reading.left_out.items() if n and column != "several arms"}
    if dropped:
        n = sum(dropped.values())
        code = "W_LEFT_OUT" if n / reading.n_rows > LEFT_OUT_ABOVE else "I_LEFT_OUT"
        where = " and ".join(f"{numbers.integer(k)} without {column}" for column, k in dropped.items())
        facts = {"n": numbers.integer(n), "percent": numbers.level_percent(n / reading.n_rows), "where": where}
        yield Message.of(code, so=", so nobody knows whom they belong to", **facts)


def _length(reading: Reading) -> Iterator[Message]:
    if reading.days is not None and reading.days % WEEK:
        why = "That is less than a week" if reading.days < WEEK else "That is not a number of whole weeks"
        days = "1 day" if reading.days == 1 else f"{reading.days} days"
        yield Message.of("W_SHORT_RUN", days=days, why=why)


def _rows(design: BetweenSubject) -> Iterator[Message]:
    if design.participant is None:
        yield Message.of("I_ROWS_ARE_PARTICIPANTS")


def _about(design: BetweenSubject, metric: Metric, read: MetricReading, reading: Reading) -> Iterator[Message]:
    name = metric.name
    found = read.recognition
    for arm in reading.arms:
        yield from _about_arm(metric, arm, read.arms.get(arm), read)
    if read.modal_share > MODAL_SHARE_ABOVE and read.modal_share < 1 and found.kind not in ("binary", "ratio"):
        share, value = numbers.level_percent(read.modal_share), f"{read.modal_value:g}"
        yield Message.of("W_LOW_VARIATION", metric=name, percent=share, value=value)
    yield from _missing(name, read, reading, "counted as 0" if design.missing == "zero" else "left out")
    if found.mapping is not None and found.kind == "binary":
        yield Message.of("I_BINARY_MAP", metric=name, zero=f"'{found.mapping[0]}'", one=f"'{found.mapping[1]}'")
    if found.largest is not None:
        yield Message.of("I_COUNT_OR_MONEY", metric=name, largest=numbers.integer(found.largest))
    if metric.role == "guardrail" and metric.limit is None:
        yield Message.of("E_NI_MARGIN", metric=name)


def _about_arm(metric: Metric, arm: str, moments: ArmMoments | None, read: MetricReading) -> Iterator[Message]:
    n = 0 if moments is None else moments.n_participants
    if moments is None or n < LEAST_TO_ESTIMATE or not moments.sums.estimable:
        alone = "" if moments is None or moments.sums.estimable else ", of whom one holds nearly all the weight"
        yield Message.of("E_SMALL_N", metric=metric.name, arm=arm, n=f"{numbers.integer(n)}{alone}")
        return
    if moments.sums.residual == 0:
        value = f"{moments.level:.10g}"
        rows = moments.observations
        same = "rows" if rows is None or rows.cross[0, 0] == 0 else "participants' averages"
        n = moments.n_observations if same == "rows" else moments.n_participants
        facts = {"n": f"{numbers.integer(n)} {same}", "value": value}
        yield Message.of("E_NO_VARIATION", metric=metric.name, arm=arm, **facts)
        return
    if n < LEAST_TO_TRUST:
        yield Message.of("W_SMALL_N", metric=metric.name, arm=arm, n=numbers.integer(n))
    if read.recognition.kind == "binary":
        events = round(moments.level * moments.weight)
        others = moments.n_observations - events
        rarer, word = min((events, "events"), (others, "non-events"))
        if rarer < LEAST_EVENTS:
            yield Message.of("W_RARE", metric=metric.name, arm=arm, n=rarer, events=word)
    if moments.top_share > TOP_SHARE_ABOVE and n >= LEAST_TO_DOMINATE and read.recognition.kind != "binary":
        share = numbers.level_percent(moments.top_share)
        yield Message.of("W_DOMINANT", metric=metric.name, arm=arm, who=dominant(n), percent=share)


def dominant(n_participants: int) -> str:
    """Write who the participants with the largest squares are: one of each hundred."""
    return "The top 1% carry" if n_participants >= 2 * PARTICIPANTS_PER_TOP else "One participant carries"


def _missing(name: str, read: MetricReading, reading: Reading, handled: str) -> Iterator[Message]:
    rows, missing = sum(read.rows.values()), sum(read.missing.values())
    if missing == 0:
        return
    # Rows of one participant go missing together, so arms are compared on participants.
    incomplete = [read.incomplete[arm] for arm in reading.arms]
    p = homogeneity_p(
        incomplete, [reading.participants[arm] - n for arm, n in zip(reading.arms, incomplete, strict=True)]
    )
    differs = p < MISSING_BY_ARM_BELOW
    by_arm = f"; the share of participants concerned differs by arm (p {numbers.p_value(p)})" if differs else ""
    code = "W_MISSING" if differs or missing / rows > MISSING_ABOVE else "I_MISSING"
    share = numbers.level_percent(missing / rows)
    yield Message.of(code, metric=name, percent=share, n=numbers.integer(missing), handled=handled, by_arm=by_arm)


def _repeated(design: BetweenSubject, reading: Reading) -> Iterator[Message]:
    per_participant = [
        sum(arm.n_observations for arm in read.arms.values()) / sum(arm.n_participants for arm in read.arms.values())
        for read in reading.metrics.values()
        if isinstance(read, MetricReading) and read.arms
    ]
    if per_participant and max(per_participant) >= 1.005:
        most = numbers.fixed(max(per_participant), 2)
        yield Message.of("I_UNIT_AGGREGATED", per_participant=most, participant=design.participant)
