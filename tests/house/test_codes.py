"""Every code that is raised has its sentences, and every sentence is raised somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from decision_widgets.vocabulary import CODES

PACKAGE = Path(__file__).parents[2] / "decision_widgets"


def test_codes_in_the_source_and_in_the_vocabulary_are_the_same() -> None:
    sources = [
        path for path in PACKAGE.rglob("*.py") if path.name != "vocabulary.py" and "node_modules" not in path.parts
    ]
    raised = {code for path in sources for code in re.findall(r'"([EWI]_[A-Z_]+)"', path.read_text())}
    assert raised == set(CODES)
