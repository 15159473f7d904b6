"""A metric: what is measured, which way is better, and what size matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, asdict, dataclass, fields
from typing import Any, Self

from decision_widgets import checks
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.moments import MetricColumns
from decision_widgets.records import Record
from decision_widgets.vocabulary import Direction, Kind, Role, readable, words

_RULES: dict[str, checks.Rule] = {
    "name": checks.Name(),
    "kind": checks.Optional(checks.OneOf(words(Kind))),
    "numerator": checks.Optional(checks.Name()),
    "denominator": checks.Optional(checks.Name()),
    "role": checks.OneOf(words(Role)),
    "direction": checks.OneOf(words(Direction)),
    "minimum_effect": checks.Optional(checks.Between(0, 1, or_low=True, example="5% is 0.05")),
    "limit": checks.Optional(checks.Between(0, 1, or_low=True, example="5% is 0.05")),
    "covariates": checks.Names(),
}


@dataclass(frozen=True, slots=True, repr=False)
class Metric(Record):
    """One metric of a design.

    Parameters
    ----------
    name : str
        The column it is read from, or the name of a ratio.
    kind : {"binary", "count", "continuous", "ratio"}, optional
        Recognised from the data when left out.
    numerator, denominator : str, optional
        The two columns of a ratio of totals; the participant's column as denominator means "per participant".
    role : {"primary", "secondary", "guardrail"}
        Primary metrics carry the decision; a guardrail must stay within its `limit`.
    direction : {"increase", "decrease"}
        Which way is better.
    minimum_effect : float, optional
        The smallest effect worth shipping, a fraction of the control's level.
    limit : float, optional
        The largest acceptable loss of a guardrail, a fraction of the control's level.
    covariates : sequence of str
        Columns measured before the experiment; a participant's value is the average of its rows. The effect is
        adjusted by them (CUPED); the unadjusted one stands beside it.

    Raises
    ------
    InputError
        All problems of the arguments together.

    Examples
    --------
    >>> Metric("cancel_rate", numerator="cancels", denominator="bookings", role="guardrail",
    ...        direction="decrease", limit=0.02).kind
    'ratio'
    """

    name: str
    _: KW_ONLY
    kind: Kind | None = None
    numerator: str | None = None
    denominator: str | None = None
    role: Role = "primary"
    direction: Direction = "increase"
    minimum_effect: float | None = None
    limit: float | None = None
    covariates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", checks.as_names(self.covariates))
        for name in _RULES:
            object.__setattr__(self, name, checks.plain(getattr(self, name)))
        problems = checks.problems(_RULES, {name: getattr(self, name) for name in _RULES})
        if (self.numerator is None) != (self.denominator is None):
            problems.append("numerator and denominator go together; only one was given.")
        elif self.numerator is not None and self.kind not in (None, "ratio"):
            problems.append(f"A metric with numerator and denominator is a ratio; kind says {self.kind!r}.")
        elif self.numerator is None and self.kind == "ratio":
            problems.append("A ratio needs numerator= and denominator=.")
        if self.limit is not None and self.role != "guardrail":
            problems.append(f"limit belongs to a guardrail; the role is {self.role!r}.")
        if problems:
            raise InputError.together(f"Metric {self.name!r}", problems)
        if self.numerator is not None:
            object.__setattr__(self, "kind", "ratio")

    @property
    def label(self) -> str:
        """The name as a reader sees it."""
        return readable(self.name)

    def columns(self) -> MetricColumns:
        """Return the columns this metric is read from."""
        return MetricColumns(
            metric=self.name,
            numerator=self.numerator or self.name,
            denominator=self.denominator,
            kind=self.kind,
            covariates=self.covariates,
        )

    @classmethod
    def of(cls, given: str | Mapping[str, Any] | Metric) -> Self | Metric:
        """Accept a metric as a name, a mapping of its words, or itself."""
        if isinstance(given, Metric):
            return given
        if isinstance(given, str):
            return cls(given)
        if not isinstance(given, Mapping):
            raise InputError(f"A metric is a name or a mapping of its words; got {given!r}.")
        known = [field.name for field in fields(cls)]
        for key in given:
            if key not in known:
                raise InputError(
                    f"A metric has no word {key!r}.{did_you_mean(str(key), known)} It knows: {listed(known)}."
                )
        if "name" not in given:
            raise InputError(f"A metric needs a name; got {dict(given)!r}.")
        return cls(**given)

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Self | Metric:
        return cls.of(plain)

    def _to_plain(self) -> dict[str, Any]:
        defaults = {field.name: field.default for field in fields(self)}
        plain = {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items() if v != defaults[key]}
        if self.numerator is not None:
            plain.pop("kind")
        return plain


def read_metrics(given: object, needed_by: str, problems: list[str]) -> tuple[Metric, ...]:
    """Read metrics, each as ``Metric.of`` accepts it; what is wrong with them is added to the problems."""
    items = [given] if isinstance(given, str | Mapping | Metric) else given
    if not isinstance(items, Iterable):
        problems.append(f"metrics must be a list of metrics; got {given!r}.")
        return ()
    metrics = []
    for item in items:
        try:
            metrics.append(Metric.of(item))
        except InputError as problem:
            problems.append(str(problem))
    if not metrics and not problems:
        problems.append(f"{needed_by} needs at least one metric; got none.")
    return tuple(metrics)
