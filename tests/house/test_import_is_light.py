"""Importing the package is cheap: what is heavy is loaded by what needs it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "pandas",
    "scipy",
    "statsmodels",
    "matplotlib",
    "ipywidgets",
    "IPython",
    "anywidget",
    "sklearn",
    "econml",
    "sqlalchemy",
    "psycopg",
)
STATSMODELS_FREE = """
import pandas as pd, decision_widgets as dw, sys
frame = pd.DataFrame({"u": range(40), "v": ["A", "B"] * 20, "y": [i % 7 for i in range(40)]})
dw.analyze(frame, dw.BetweenSubject(participant="u", arm="v", control="A", metrics=["y"]))
print(*[name for name in ("statsmodels", "matplotlib", "scipy.stats", "IPython", "sqlalchemy") if name in sys.modules])
"""


def said_by(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import decision_widgets, sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    assert said_by(code) == ""


def test_stating_a_design_loads_no_data_library() -> None:
    code = "import decision_widgets as dw, sys; dw.Metric('y', minimum_effect=0.1)"
    code += "; print(*[name for name in ('pandas', 'scipy', 'statsmodels') if name in sys.modules])"
    assert said_by(code) == ""


def test_an_analysis_loads_neither_statsmodels_nor_a_plotting_library() -> None:
    assert said_by(STATSMODELS_FREE) == ""
