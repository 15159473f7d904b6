"""What is measured: each workload with its data, our script, the rivals, the limit and the reference, as data."""

from __future__ import annotations

from dataclasses import dataclass


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

    `compute`: scripts time the computing alone, otherwise the whole process counts. `only_rows`: the one size at
    which the rivals fit into memory.
    """

    key: str
    title: str
    ours: Program
    limit: Program | None = None
    reference: Program | None = None
    rivals: tuple[Program, ...] = ()
    kind: str | None = "between"
    rows_per_participant: int = 10
    compute: bool = False
    only_rows: int | None = None

    def data(self, rows: int) -> Data | None:
        """Return the table of this workload at a size; none when it reads no data."""
        if self.kind is None:
            return None
        return Data(kind=self.kind, rows=rows, participants=rows // self.rows_per_participant)


def _tea(script: str) -> tuple[Program, ...]:
    return tuple(Program(name=f"tea-tasting {e}", script=script, words=(e,)) for e in ("duckdb", "polars", "pandas"))


def _clustered(*words: str) -> tuple[Program, ...]:
    return tuple(
        Program(name=name, script=f"rivals/w2_{name}.py", words=words)
        for name in ("statsmodels", "pyfixest", "linearmodels")
    )


# pyfixest stops demeaning by two-way effects at a tolerance of its own.
_DEMEANED = 1e-6
_W4_FITS = (
    Program(name="pyfixest", script="rivals/w4_pyfixest.py", words=("unit", "crv1"), tolerance=_DEMEANED),
    Program(name="linearmodels", script="rivals/w4_linearmodels.py", words=("unit",)),
)
_IMPORTS = (
    Program(name="pandas", script="ours/w8.py", words=("pandas",)),
    Program(name="tea_tasting", script="rivals/w8.py", words=("tea_tasting",)),
    Program(name="statsmodels.api", script="rivals/w8.py", words=("statsmodels.api",)),
)

WORKLOADS = (
    Workload(
        key="W1",
        title="means, 5 metrics × 3 arms (ours: the whole default analysis, clustered too)",
        ours=Program(name="ours", script="ours/w1.py"),
        limit=Program(name="limit: scan", script="limits/w1.py"),
        reference=Program(name="statsmodels", script="references/w1.py"),
        rivals=(*_tea("rivals/w1_tea_tasting.py"), Program(name="scipy", script="rivals/w1_scipy.py")),
    ),
    Workload(
        key="W2",
        title="OLS clustered by participant, 1 metric × 3 arms, no covariate",
        ours=Program(name="ours", script="ours/w2.py"),
        limit=Program(name="limit: hash by participant", script="limits/w2.py"),
        reference=Program(name="statsmodels", script="references/w2.py"),
        rivals=_clustered(),
    ),
    Workload(
        key="W2x",
        title="the same with 1 covariate (Lin 2013)",
        ours=Program(name="ours", script="ours/w2.py", words=("before",)),
        limit=Program(name="limit: hash by participant", script="limits/w2.py", words=("before",)),
        reference=Program(name="statsmodels", script="references/w2.py", words=("before",)),
        rivals=_clustered("before"),
    ),
    Workload(
        key="W3",
        title="CUPED on a ratio, 1 row per participant",
        ours=Program(name="ours", script="ours/w3.py"),
        limit=Program(name="limit: scan", script="limits/w3.py"),
        rivals=_tea("rivals/w3_tea_tasting.py"),
        rows_per_participant=1,
    ),
    Workload(
        key="W4",
        title="switchback, 672 hours + 20 regions, 560 clusters (region × day)",
        ours=Program(name="ours", script="ours/w4.py", words=("unit", "fit")),
        limit=Program(name="limit: scan to cells", script="limits/w4.py"),
        reference=Program(name="statsmodels on cells", script="references/w4.py", words=("unit",)),
        rivals=_W4_FITS,
        kind="switchback",
    ),
    Workload(
        key="W4 bootstrap",
        title="wild bootstrap by region (20 clusters), 9,999 draws, computing only",
        ours=Program(name="ours", script="ours/w4.py", words=("region", "bootstrap")),
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
        key="W4 CV3",
        title="cluster jackknife by region (20 clusters), computing only",
        ours=Program(name="ours", script="ours/w4.py", words=("region", "cv3")),
        reference=Program(name="statsmodels on cells", script="references/w4.py", words=("region",)),
        rivals=(
            Program(name="pyfixest", script="rivals/w4_pyfixest.py", words=("region", "crv3"), tolerance=_DEMEANED),
        ),
        kind="switchback",
        compute=True,
    ),
    Workload(
        key="W5",
        title="Mann–Whitney of a continuous metric, computing only",
        ours=Program(name="ours", script="ours/w5.py"),
        limit=Program(name="limit: one sort", script="limits/w5.py"),
        rivals=(Program(name="scipy", script="rivals/w5_scipy.py"),),
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
        title="import what dw.analyze needs",
        ours=Program(name="ours", script="ours/w8.py", words=("decision_widgets.analysis",)),
        limit=Program(name="limit: numpy", script="ours/w8.py", words=("numpy",)),
        rivals=_IMPORTS[:1],
        kind=None,
    ),
)


def growth(rows: int) -> dict[str, Data]:
    """Return the tables that grow in one direction each, the first being where they start."""
    who = rows // 10
    return {
        "start": Data(rows=rows, participants=who),
        "rows × 10": Data(rows=10 * rows, participants=who),
        "metrics × 10": Data(rows=rows, participants=who, metrics=50),
        "arms × 10": Data(rows=rows, participants=who, arms=30),
        "participants × 10": Data(rows=rows, participants=10 * who),
    }


# Pieces without a script of ours: there is nothing to call yet.
WITHOUT_SCRIPT = {"W6": "1,000 simulated switchbacks", "W7": "10,000 powers and sample sizes"}
