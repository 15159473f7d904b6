"""The metrics of one table: written as SQL, gathered to participants, reduced to moments, adjusted, divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from decision_widgets.data.adjustment import Adjuster, adjust_people
from decision_widgets.data.arms import arm_code
from decision_widgets.data.columns import Column
from decision_widgets.data.engine import ColumnType, Engine, as_key
from decision_widgets.data.flat import flat_arm
from decision_widgets.data.groups import NO_LEVEL, SEVERAL_LEVELS, crossed_group, group_of
from decision_widgets.data.overview import PART_OF_RATIO, Overview
from decision_widgets.data.participants import read_participants
from decision_widgets.data.people import Census, Covariate, Gathering, Group, People, Terms
from decision_widgets.data.progress import Watch, counted
from decision_widgets.data.reading import (
    Adjustment,
    CovariateReading,
    GroupReading,
    MetricReading,
    ParticipantTable,
    Unreadable,
)
from decision_widgets.data.reduction import Cell, Counts, Reduced, reduce_people
from decision_widgets.data.samples import read_samples
from decision_widgets.moments import ArmMoments, MetricColumns, MomentSpec, Sample

Parts = dict[str, dict[str, dict[str, ArmMoments]]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Metrics:
    """Everything that needed participants."""

    participants: Mapping[str, int]
    census: Census
    metrics: Mapping[str, MetricReading | Unreadable]
    groups: Mapping[str, GroupReading | Unreadable]
    people: ParticipantTable | None = None


class MetricReader:
    """Reads all metrics of one table. `arms` maps codes to names, `labels` names to the table's values."""

    def __init__(
        self,
        *,
        engine: Engine,
        spec: MomentSpec,
        types: Mapping[str, ColumnType],
        overview: Overview,
        arms: Mapping[int, str],
        labels: Mapping[str, Sequence[Any]],
        watch: Watch,
    ) -> None:
        self.engine, self.spec, self.types, self.overview, self.watch = engine, spec, types, overview, watch
        self.arms, self.labels = arms, labels
        self._covariates = self._read_covariates()
        self._written = [(columns, self._term(columns)) for columns in spec.metrics]

    def read(self) -> Metrics:
        """Read everything; when every row is a participant, what the overview already knows is not read again."""
        divided = bool(self.spec.groups or self.spec.crossed)
        read: dict[str, MetricReading | Unreadable] = {}
        read |= {columns.metric: term for columns, term in self._written if isinstance(term, Unreadable)}
        if self.spec.participant is None and not divided:
            read |= self._flat()
        terms = [term for _, term in self._written if isinstance(term, Terms) and term.metric not in read]
        if terms or divided or self.spec.participant is not None:
            return self._read_people(terms, read)
        return Metrics(participants=self._rows, census=self._flat_census, metrics=self._in_order(read), groups={})

    def _read_people(self, terms: list[Terms], read: Mapping[str, MetricReading | Unreadable]) -> Metrics:
        groups = self._groups()
        usable = [group for group in groups.values() if isinstance(group, Group)]
        if self.spec.participant is not None:
            self.watch.stage("Gathering participants")
        people = self._people(terms, usable)
        census = self._flat_census if self.spec.participant is None else people.census(self.engine)
        self.watch.stage(f"Adding up {counted(len(terms), 'metric')}")
        counts, reduced = reduce_people(self.engine, people, terms)
        parts: list[Parts] = [{} for _ in terms]
        found: dict[str, GroupReading | Unreadable] = {n: g for n, g in groups.items() if isinstance(g, Unreadable)}
        for place, group in enumerate(usable):
            by_level, by_metric = reduce_people(self.engine, people, terms, f"g{place}")
            found[group.name] = self._group(group, by_level)
            for own, metric in zip(parts, by_metric, strict=True):
                own[group.name] = self._levels(group, metric)
        return Metrics(
            participants={name: counts.participants.get((code, 0), 0) for code, name in self.arms.items()},
            census=census,
            metrics=self._in_order(self._readings(people, terms, counts, reduced, parts) | dict(read)),
            groups={name: found[name] for name in groups},
            people=self._participants(people, terms),
        )

    def _read_covariates(self) -> list[Covariate]:
        """All covariates that can be read, each once."""
        found = []
        for name in dict.fromkeys(name for metric in self.spec.metrics for name in metric.covariates):
            column = self.overview.columns[name, PART_OF_RATIO]
            if isinstance(column, Column):
                total = sum(value for value, _ in column.sums.values()), sum(n for _, n in column.sums.values())
                shift = total[0] / max(1, total[1])
                found.append(Covariate(name=name, x=column.number, shift=shift, complete=column.complete))
        return found

    @property
    def _rows(self) -> dict[str, int]:
        rows = dict(self.overview.labels)
        return {name: sum(rows[value] for value in values) for name, values in self.labels.items()}

    @property
    def _flat_census(self) -> Census:
        return Census(rows=sum(self._rows.values()))

    def _people(self, terms: Sequence[Terms], groups: Sequence[Group]) -> People:
        name = self.spec.participant
        return Gathering(
            key=None if name is None else as_key(self.engine, name, self.types[name]),
            arm=arm_code(self.engine, self.spec, self.types, self.arms, self.labels),
            codes=tuple(self.arms),
            terms=terms,
            covariates=self._covariates if any(term.covariates for term in terms) else (),
            groups=groups,
        ).people(self.engine)

    def _term(self, columns: MetricColumns) -> Terms | Unreadable:
        y = self._numerator(columns)
        if isinstance(y, Unreadable):
            return y
        readable = [covariate.name for covariate in self._covariates]
        plain = Terms(
            metric=columns.metric,
            y=y.number,
            shift={code: self._sum(y, code) / max(1, self._count(y, code)) for code in self.arms},
            as_zero=self.spec.missing == "zero",
            complete=y.complete,
            covariates=tuple(readable.index(name) for name in columns.covariates if name in readable),
        )
        if columns.denominator is None:
            return plain
        if columns.denominator == self.spec.participant:
            return replace(plain, per_participant=True, shift=dict.fromkeys(self.arms, 0.0))
        d = self.overview.columns[columns.denominator, PART_OF_RATIO]
        if isinstance(d, Unreadable):
            return d
        if d.lowest < 0:
            return Unreadable(
                what=f"Its denominator '{columns.denominator}' is negative in some rows, down to {d.lowest:g}.",
                remedy="a ratio of totals needs a denominator of 0 or more",
            )
        if not any(total for total, _ in d.sums.values()):
            return Unreadable(
                what=f"Its denominator '{columns.denominator}' is 0 in every row.", remedy="check the metric's query"
            )
        return replace(
            plain,
            d=d.number,
            shift={code: self._sum(y, code) / (self._sum(d, code) or 1.0) for code in self.arms},
            complete=y.complete and d.complete,
        )

    def _numerator(self, columns: MetricColumns) -> Column | Unreadable:
        return self.overview.columns[columns.numerator, columns.kind if columns.denominator is None else PART_OF_RATIO]

    def _sum(self, column: Column, code: int) -> float:
        return float(sum(column.sums[value][0] for value in self.labels[self.arms[code]]))

    def _count(self, column: Column, code: int) -> int:
        return int(sum(column.sums[value][1] for value in self.labels[self.arms[code]]))

    def _flat(self) -> dict[str, MetricReading]:
        """Take metrics from the overview's powers: one scan, where nothing but a mean per arm is wanted."""
        found = {}
        for columns, term in self._written:
            column = self._numerator(columns)
            asked = columns.covariates or columns.metric in (*self.spec.samples, *self.spec.participants)
            simple = columns.denominator is None and not asked
            if not (simple and isinstance(term, Terms) and isinstance(column, Column)) or (
                term.as_zero and not column.complete
            ):
                continue
            arms, rows = {}, self._rows
            for name, values in self.labels.items():
                moments = flat_arm([column.powers[value] for value in values if value in column.powers], rows[name])
                if moments is None:
                    break
                arms[name] = moments
            else:
                missing = {name: arm.n_missing for name, arm in arms.items()}
                found[columns.metric] = self._reading(columns, arms, rows, missing, missing)
        return found

    def _readings(
        self,
        people: People,
        terms: Sequence[Terms],
        counts: Counts,
        reduced: Sequence[Reduced],
        parts: Sequence[Parts],
    ) -> dict[str, MetricReading | Unreadable]:
        columns = {metric.metric: metric for metric in self.spec.metrics}
        rows = {name: counts.rows.get((code, 0), 0) for code, name in self.arms.items()}
        adjustments = self._adjust(people, terms, reduced)
        samples = self._samples(people, terms)
        found: dict[str, MetricReading | Unreadable] = {}
        for term, metric, own in zip(terms, reduced, parts, strict=True):
            if sum(metric.missing.values()) == sum(counts.rows.values()):
                what = f"No row of '{term.metric}' has both a value and an arm."
                found[term.metric] = Unreadable(what=what, remedy="check the join")
                continue
            reading = self._reading(
                columns[term.metric],
                self._named(metric.moments),
                rows,
                {name: metric.missing.get((code, 0), 0) for code, name in self.arms.items()},
                {name: metric.incomplete.get((code, 0), 0) for code, name in self.arms.items()},
            )
            found[term.metric] = replace(
                reading, parts=own, samples=samples.get(term.metric, {}), adjustment=adjustments.get(term.metric)
            )
        return found

    def _reading(
        self,
        columns: MetricColumns,
        arms: Mapping[str, ArmMoments],
        rows: Mapping[str, int],
        missing: Mapping[str, int],
        incomplete: Mapping[str, int],
    ) -> MetricReading:
        column = self._numerator(columns)
        assert isinstance(column, Column)
        recognition = column.recognition
        if columns.denominator is not None:
            recognition = replace(
                recognition,
                kind="ratio",
                evidence=f"Total of '{columns.numerator}' divided by total of '{columns.denominator}'",
                confidence="certain",
                largest=None,
            )
        return MetricReading(
            recognition=recognition,
            arms=arms,
            rows=rows,
            missing=missing,
            incomplete=incomplete,
            modal_value=column.modal_value,
            modal_share=column.modal_share,
        )

    def _adjust(self, people: People, terms: Sequence[Terms], reduced: Sequence[Reduced]) -> dict[str, Adjustment]:
        wanted = {metric.metric: metric.covariates for metric in self.spec.metrics if metric.covariates}
        adjusters = [
            Adjuster(
                k=k,
                term=term,
                arms={arm: moments for (arm, _), moments in metric.moments.items()},
                covariates=[self._covariates[j] for j in term.covariates],
                codes=self.arms,
            )
            for k, (term, metric) in enumerate(zip(terms, reduced, strict=True))
            if term.covariates
        ]
        found = dict.fromkeys(wanted, Adjustment(arms={}, covariates=(), mean_covariance=np.zeros((1, 1))))
        if adjusters:
            adjusted = adjust_people(self.engine, people, adjusters)
            found |= {each.term.metric: own for each, own in zip(adjusters, adjusted, strict=True)}
        return {metric: self._with_unreadable(own, wanted[metric]) for metric, own in found.items()}

    def _with_unreadable(self, adjustment: Adjustment, names: Sequence[str]) -> Adjustment:
        """Put the covariates that are no numbers beside the others, with the reason."""
        read = {covariate.name: covariate for covariate in adjustment.covariates}
        for name in names:
            column = self.overview.columns[name, PART_OF_RATIO]
            if isinstance(column, Unreadable):
                read[name] = CovariateReading(
                    name=name, arms={}, skewness=0.0, missing_share=0.0, used=False, reason=column.what
                )
        return replace(adjustment, covariates=tuple(read[name] for name in names if name in read))

    def _samples(self, people: People, terms: Sequence[Terms]) -> dict[str, dict[str, Sample]]:
        return {
            term.metric: read_samples(self.engine, people, term, k, self.arms)
            for k, term in enumerate(terms)
            if term.metric in self.spec.samples
        }

    def _participants(self, people: People, terms: Sequence[Terms]) -> ParticipantTable | None:
        wanted = {k: term for k, term in enumerate(terms) if term.metric in self.spec.participants}
        if not wanted:
            return None
        covariates = self._covariates if any(term.covariates for term in terms) else ()
        return read_participants(self.engine, people, wanted, covariates, self.arms, list(self.arms.values()))

    def _groups(self) -> dict[str, Group | Unreadable]:
        columns = dict.fromkeys((*self.spec.groups, *self.spec.crossed))
        each = {name: group_of(self.engine, name, self.types[name]) for name in columns}
        groups = {name: each[name] for name in self.spec.groups}
        if self.spec.crossed:
            groups[" × ".join(self.spec.crossed)] = crossed_group([each[name] for name in self.spec.crossed])
        return groups

    def _group(self, group: Group, counts: Counts) -> GroupReading:
        def over(level: int) -> dict[str, int]:
            return {name: counts.participants.get((code, level), 0) for code, name in self.arms.items()}

        return GroupReading(
            levels=group.levels,
            participants={name: over(level) for level, name in enumerate(group.levels)},
            without=sum(over(NO_LEVEL).values()),
            several=sum(over(SEVERAL_LEVELS).values()),
        )

    def _levels(self, group: Group, metric: Reduced) -> dict[str, dict[str, ArmMoments]]:
        return {name: self._named(metric.moments, level) for level, name in enumerate(group.levels)}

    def _named(self, moments: Mapping[Cell, ArmMoments], level: int = 0) -> dict[str, ArmMoments]:
        return {name: moments[code, level] for code, name in self.arms.items() if (code, level) in moments}

    def _in_order(self, read: Mapping[str, MetricReading | Unreadable]) -> dict[str, MetricReading | Unreadable]:
        return {columns.metric: read[columns.metric] for columns in self.spec.metrics}
