"""What is measured: each workload with its data, our script, the rivals, the limit and the reference, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from benchmarks.line import COMPUTE, METRICS


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A table to make: `kind` of ``data.py``, rows, and its other numbers."""

    kind: str = "between"
    rows: int
    participants: int = 0
    metrics: int = 5
    arms: int = 3

    @property
    def name(self) -> str:
        """The name of its file."""
        if self.kind == "switchback":
            return f"switchback-{self.rows}.parquet"
        return f"between-{self.rows}-{self.participants}-{self.metrics}-{self.arms}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A script with its further words. `tolerance` is relative; any but the usual one carries its reason."""

    name: str
    script: str
    words: tuple[str, ...] = ()
    tolerance: float = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One question put to all.

    `compute`: scripts time the second run of the computing alone, otherwise the whole process counts. `only_rows`: the
    one size at which the rivals fit into memory; `most_rows`: the largest that is measured.
    """

    key: str
    title: str
    ours: Program
    limit: Program | None = None
    reference: Program | None = None
    rivals: tuple[Program, ...] = ()
    kind: str | None = "between"
    compute: bool = False
    only_rows: int | None = None
    most_rows: float = inf

    def data(self, rows: int) -> Data | None:
        """Return the table of this workload at a size; none when it reads no data."""
        return Data(kind=self.kind, rows=rows, participants=rows // 10) if self.kind else None


def _tea(script: str, *words: str, tolerance: float = 1e-9) -> tuple[Program, ...]:
    return tuple(
        Program(name=f"tea-tasting {e}", script=script, words=(e, *words), tolerance=tolerance)
        for e in ("duckdb", "polars", "pandas")
    )


def _clustered(*words: str) -> tuple[Program, ...]:
    return tuple(
        Program(name=name, script=f"rivals/w2_{name}.py", words=words)
        for name in ("statsmodels", "pyfixest", "linearmodels")
    )


def _limit(what: str, script: str, *words: str) -> Program:
    return Program(name=f"limit: {what}", script=script, words=words)


# pyfixest stops demeaning by two-way effects at a tolerance of its own.
_DEMEANED = 1e-6
# tea-tasting gives all arms one slope: effects differ by less than a hundredth of their standard error.
_ONE_SLOPE = 1e-2
# statsmodels looks for a sample size until two guesses are so near.
_SIZES_FOUND = 1e-6
_ALL = ",".join(METRICS)
_W1_TEA = _tea("rivals/w1_tea_tasting.py")
_WARM_TEA = _tea("rivals/w1_tea_tasting.py", "warm")
_W4_FITS = (
    Program(name="pyfixest", script="rivals/w4_pyfixest.py", words=("unit", "crv1"), tolerance=_DEMEANED),
    Program(name="linearmodels", script="rivals/w4_linearmodels.py", words=("unit",)),
)
_IMPORTS = (
    Program(name="pandas", script="ours/w8.py", words=("pandas",)),
    Program(name="tea_tasting", script="rivals/w8.py", words=("tea_tasting",)),
    Program(name="statsmodels.api", script="rivals/w8.py", words=("statsmodels.api",)),
)
_LIBRARIES = ("duckdb", "scipy.special")
_SOLVERS = ("scipy.linalg", "scipy.sparse.csgraph")
_PANEL = ("decision_widgets.data.cells", "decision_widgets.estimates.panel")

_AB = (
    Workload(
        key="W1",
        title="means of 5 metrics × 3 arms, every row a participant (ours: estimates, split, warnings, decision)",
        ours=Program(name="ours", script="ours/w1.py"),
        limit=_limit("scan", "limits/w1.py"),
        reference=Program(name="statsmodels", script="references/w1.py"),
        rivals=(*_W1_TEA, Program(name="scipy", script="rivals/w1_scipy.py")),
    ),
    Workload(
        key="W1 warm",
        title="W1 of an Arrow table in memory (rivals: a table of their engine), computing only",
        ours=Program(name="ours", script="ours/w1_warm.py", words=("arrow",)),
        limit=_limit("scan", "limits/w1.py", "arrow"),
        reference=Program(name="statsmodels", script="references/w1.py"),
        rivals=_WARM_TEA,
        compute=True,
        most_rows=1e7,  # in memory
    ),
    Workload(
        key="W1 warm pandas",
        title="W1 of a pandas frame in memory, computing only",
        ours=Program(name="ours", script="ours/w1_warm.py", words=("pandas",)),
        limit=_limit("scan", "limits/w1.py", "pandas"),
        reference=Program(name="statsmodels", script="references/w1.py"),
        rivals=_WARM_TEA[2:],
        compute=True,
        most_rows=1e7,  # in memory
    ),
    Workload(
        key="W1 clustered",
        title="5 metrics × 3 arms, clustered by participant",
        ours=Program(name="ours", script="ours/w1.py", words=("participant",)),
        limit=_limit("hash by participant", "limits/w2.py", _ALL),
        reference=Program(name="statsmodels", script="references/w2.py", words=(_ALL,)),
    ),
    Workload(
        key="W1 default",
        title="the same with the toolbox: everything that dw.analyze shows",
        ours=Program(name="ours", script="ours/w1.py", words=("participant", "5", "3", "toolbox")),
        limit=_limit("hash by participant", "limits/w2.py", _ALL),
        reference=Program(name="statsmodels", script="references/w2.py", words=(_ALL,)),
    ),
    Workload(
        key="W2",
        title="OLS clustered by participant, 1 metric × 3 arms, no covariate",
        ours=Program(name="ours", script="ours/w2.py"),
        limit=_limit("hash by participant", "limits/w2.py", "spend"),
        reference=Program(name="statsmodels", script="references/w2.py", words=("spend",)),
        rivals=_clustered(),
    ),
    Workload(
        key="W2x",
        title="the same with 1 covariate (Lin 2013); rivals' errors leave out that the covariate's mean is a sample's",
        ours=Program(name="ours", script="ours/w2.py", words=("before",)),
        limit=_limit("hash by participant", "limits/w2.py", "spend", "before"),
        reference=Program(name="statsmodels", script="references/w2.py", words=("spend", "before")),
        rivals=_clustered("before"),
    ),
    Workload(
        key="W3",
        title="CUPED on a ratio of totals, clustered by participant (rivals: gathered, then the delta method)",
        ours=Program(name="ours", script="ours/w3.py"),
        limit=_limit("hash by participant", "limits/w3.py"),
        reference=Program(name="statsmodels", script="references/w3.py"),
        rivals=_tea("rivals/w3_tea_tasting.py", tolerance=_ONE_SLOPE),
    ),
)

_SWITCHBACK = (
    Workload(
        key="W4",
        title="switchback, 672 hours + 20 regions, 560 clusters (region × day): CR0, CR1, CR2 with its df, CV3",
        ours=Program(name="ours", script="ours/w4.py", words=("unit", "fit")),
        limit=_limit("scan to cells", "limits/w4.py"),
        reference=Program(name="statsmodels on cells", script="references/w4.py", words=("unit",)),
        rivals=_W4_FITS,
        kind="switchback",
    ),
    Workload(
        key="W4 bootstrap",
        title="wild bootstrap by region (20 clusters), 9,999 draws, computing only, ours from cells",
        ours=Program(name="ours", script="ours/w4.py", words=("region", "bootstrap")),
        reference=Program(name="refits of cells", script="references/w4_bootstrap.py", words=("region",)),
        rivals=(
            Program(
                name="pyfixest + wildboottest",
                script="rivals/w4_pyfixest.py",
                words=("region", "bootstrap"),
                tolerance=_DEMEANED,
            ),
        ),
        kind="switchback",
        compute=True,
        only_rows=100_000,  # wildboottest makes the effects dense: 1.6 GB here, ten times as much at 1e6
    ),
    Workload(
        key="W4 bootstrap 40",
        title="wild bootstrap by region and fortnight (40 clusters), 9,999 draws, computing only, ours from cells",
        ours=Program(name="ours", script="ours/w4.py", words=("fortnight", "draws")),
        rivals=(
            Program(
                name="pyfixest + wildboottest",
                script="rivals/w4_pyfixest.py",
                words=("fortnight", "bootstrap"),
                tolerance=_DEMEANED,
            ),
        ),
        kind="switchback",
        compute=True,
        only_rows=100_000,
    ),
    Workload(
        key="W4 randomisation",
        title="10,000 treatments dealt again to 560 region-days, studentised, computing only, from cells; "
        "the rival is extrapolated from 20",
        ours=Program(name="ours", script="ours/w4.py", words=("unit", "randomisation")),
        rivals=(
            Program(
                name="pyfixest, a fit for each",
                script="rivals/w4_pyfixest.py",
                words=("unit", "randomisation"),
                tolerance=_DEMEANED,
            ),
        ),
        kind="switchback",
        compute=True,
        most_rows=1e6,
    ),
    Workload(
        key="W4 CV3",
        title="cluster jackknife by region (20 clusters), computing only, ours from cells with CR0, CR1 and CR2",
        ours=Program(name="ours", script="ours/w4.py", words=("region", "cv3")),
        reference=Program(name="statsmodels on cells", script="references/w4.py", words=("region",)),
        rivals=(
            Program(name="pyfixest", script="rivals/w4_pyfixest.py", words=("region", "crv3"), tolerance=_DEMEANED),
        ),
        kind="switchback",
        compute=True,
        most_rows=1e6,  # at 1e7 the rival takes minutes and 17 GB
    ),
)


def _simulated(key: str, what: str, title: str, only_rows: int | None) -> Workload:
    return Workload(
        key=key,
        title=f"1,000 simulated schedules, {title}, with CR2 and its df (rival: plain clustered OLS, extrapolated)",
        ours=Program(name="ours", script="ours/w6.py", words=(what,)),
        reference=Program(name="statsmodels on cells", script="references/w6.py"),
        rivals=(Program(name="cluster-experiments", script="rivals/w6_cluster_experiments.py", words=(what,)),),
        kind="switchback",
        compute=True,
        only_rows=only_rows,
    )


_SIMULATED = (
    _simulated("W6", "cells", "from cells, computing only", 1_000_000),
    _simulated("W6 rows", "rows", "from rows, the scan included", 1_000_000),
)


def _ranks(key: str, title: str, metric: str) -> Workload:
    return Workload(
        key=key,
        title=f"Mann–Whitney of {title}, from unsorted values, computing only (ours: with Brunner & Munzel's interval)",
        ours=Program(name="ours", script="ours/w5.py", words=(metric,)),
        limit=_limit("one sort", "limits/w5.py", metric),
        reference=Program(name="scipy with Brunner–Munzel", script="references/w5.py", words=(metric,)),
        rivals=(
            Program(name="scipy", script="rivals/w5_scipy.py", words=(metric,)),
            Program(name="scipy, both tests", script="rivals/w5_scipy.py", words=(metric, "both")),
        ),
        compute=True,
        most_rows=1e7,  # in memory
    )


_OTHERS = (
    _ranks("W5", "a continuous metric", "spend"),
    _ranks("W5 counts", "counts", "trips"),
    Workload(
        key="W7 power",
        title="10,000 powers of a t test, computing only; the loop is extrapolated from 200",
        ours=Program(name="ours", script="ours/w7.py", words=("power",)),
        reference=Program(name="quadrature", script="references/w7.py", words=("power",)),
        rivals=tuple(
            Program(name=f"statsmodels, {how}", script="rivals/w7_statsmodels.py", words=("power", how))
            for how in ("arrays", "loop")
        ),
        kind=None,
        compute=True,
    ),
    Workload(
        key="W7 size",
        title="10,000 sample sizes of a t test, computing only; the loop is extrapolated from 200",
        ours=Program(name="ours", script="ours/w7.py", words=("size",)),
        reference=Program(name="quadrature", script="references/w7.py", words=("size",)),
        rivals=(
            Program(
                name="statsmodels, loop",
                script="rivals/w7_statsmodels.py",
                words=("size", "loop"),
                tolerance=_SIZES_FOUND,
            ),
        ),
        kind=None,
        compute=True,
    ),
    Workload(
        key="W8",
        title="import decision_widgets",
        ours=Program(name="ours", script="ours/w8.py", words=("decision_widgets",)),
        rivals=_IMPORTS,
        kind=None,
    ),
    Workload(
        key="W8 analyze",
        title="import what dw.analyze needs (limit: its libraries alone)",
        ours=Program(name="ours", script="ours/w8.py", words=("decision_widgets.analysis.between", *_LIBRARIES)),
        limit=_limit("NumPy, DuckDB, scipy.special", "ours/w8.py", "numpy", *_LIBRARIES),
        rivals=_IMPORTS[:1],
        kind=None,
    ),
    Workload(
        key="W8 panel",
        title="import what W4 needs (limit: its libraries alone)",
        ours=Program(name="ours", script="ours/w8.py", words=(*_PANEL, *_LIBRARIES, *_SOLVERS)),
        limit=_limit("NumPy, DuckDB, SciPy's solvers", "ours/w8.py", "numpy", *_LIBRARIES, *_SOLVERS),
        kind=None,
    ),
)


def _without_imports(workload: Workload) -> Workload:
    """Return the same question in a session that has asked it before; the engine's limit needs no other library."""
    assert workload.limit is not None
    ours, limit = (replace(each, words=(*each.words, COMPUTE)) for each in (workload.ours, workload.limit))
    return replace(
        workload,
        key=f"{workload.key} computing",
        title=f"{workload.key} from its file, without imports",
        ours=ours,
        limit=limit,
        rivals=(),
        compute=True,
    )


_BY_ITSELF = tuple(
    _without_imports(each) for each in (*_AB, *_SWITCHBACK) if each.key in ("W1", "W2", "W2x", "W3", "W4")
)

WORKLOADS = (*_AB, *_SWITCHBACK, *_BY_ITSELF, *_SIMULATED, *_OTHERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """One size of the clustered default analysis."""

    data: Data
    metrics: int = 5

    @property
    def program(self) -> Program:
        """Ours at this size."""
        words = ("participant", str(self.metrics), str(self.data.arms))
        return Program(name="ours", script="ours/w1.py", words=words)


def growth(rows: int) -> dict[str, Growth]:
    """Return sizes that differ from the first, `start`, in one direction each."""
    who = rows // 10
    start = Data(rows=rows, participants=who)
    return {
        "start: 5 metrics, 3 arms, 10 rows per participant": Growth(data=start),
        "1 metric": Growth(data=start, metrics=1),
        "rows × 10": Growth(data=Data(rows=10 * rows, participants=who)),
        "metrics × 10": Growth(data=Data(rows=rows, participants=who, metrics=50), metrics=50),
        "arms × 10": Growth(data=Data(rows=rows, participants=who, arms=30)),
        "participants × 10": Growth(data=Data(rows=rows, participants=10 * who)),
    }
