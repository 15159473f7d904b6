"""The style that static cards carry: it obeys the host's theme and the width of its own box, nothing else."""

from __future__ import annotations

import re

import pytest

from decision_widgets.views.styles import stylesheet

ALL = ("verdict", "metrics", "warnings", "srm", "hte", "basics", "tests", "result")


def test_each_style_is_taken_once_and_the_shared_one_comes_first() -> None:
    assert stylesheet(("verdict", "verdict")) == stylesheet(("verdict",))
    assert stylesheet(("verdict",)).startswith(stylesheet(()))


def test_the_systems_theme_and_the_windows_width_are_not_asked() -> None:
    asked = re.findall(r"@media ([^{]*)", stylesheet(ALL))
    assert set(asked) == {
        *("screen", "print", "(prefers-reduced-motion:reduce)", "(forced-colors:active)"),
    }


def test_every_rule_outweighs_the_notebooks_own() -> None:
    outside = re.sub(r"\.dw\.dw\.dw\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}", "", stylesheet(ALL))
    assert not re.search(r"\.dw-(?!dark|weak)", outside.replace("--dw-", ""))


@pytest.mark.parametrize("stem", ALL)
def test_braces_are_even(stem: str) -> None:
    style = stylesheet((stem,))
    assert style.count("{") == style.count("}")
