"""One card is one .py, one .js and one .css of the same stem, and one view of the same stem."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import decision_widgets.cards
from decision_widgets.cards import Card
from decision_widgets.views.schemas import view_of

ROOM = Path(decision_widgets.cards.__file__).parent
# Cards with fields have helpers named after them: what the fields say, and the kernel that answers. Results have two:
# whether their frame is still the one that was read, and how far a read has come.
NOT_CARDS = {"__init__", "base", "bundle", "freshness", "progress"}
SHARED = {"shared"}
# The scripts are joined into one module: what they name at its top must differ.
NAMED = re.compile(r"^(?:async )?(?:const|let|function) (\w+)", re.MULTILINE)


def stems(ending: str) -> set[str]:
    return {path.stem for path in ROOM.glob(f"*{ending}") if "_" not in path.stem.strip("_")}


def test_a_helper_or_a_part_of_a_script_is_named_after_its_card() -> None:
    parts = {path.stem for ending in ("py", "js", "css") for path in ROOM.glob(f"*_*.{ending}")} - NOT_CARDS
    assert {part.partition("_")[0] for part in parts} <= stems(".py") - NOT_CARDS
    assert "design_slots" in parts


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.js")), ids=lambda path: path.name)
def test_no_script_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= 400


def test_no_two_scripts_give_one_name_to_two_things() -> None:
    top = [name for path in ROOM.glob("*.js") for name in NAMED.findall(path.read_text("utf-8"))]
    assert len(top) > 50
    assert {name for name in top if top.count(name) > 1} == set()


def test_python_script_and_style_have_the_same_stems() -> None:
    cards = stems(".py") - NOT_CARDS
    assert cards
    assert stems(".js") - SHARED == cards
    assert stems(".css") - SHARED == cards


@pytest.mark.parametrize("stem", sorted(stems(".py") - NOT_CARDS))
def test_a_card_and_its_view_agree_on_the_schema(stem: str) -> None:
    module = import_module(f"decision_widgets.cards.{stem}")
    made_here = [
        each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__
    ]
    (card,) = [each for each in made_here if issubclass(each, Card)]
    view = view_of(card.schema)
    assert view is not None
    assert view.stem == stem
