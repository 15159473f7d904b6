"""Functions and files stay small enough to be read in one go."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "decision_widgets"
LONGEST_FUNCTION = 40
LONGEST_FILE = 400
# Longer by decision: file:function (or file) and the reason.
EXCEPTIONS: dict[str, str] = {"vocabulary.py": "a catalogue: every code with its sentences is looked up in one place"}


def sources() -> list[Path]:
    skipped = {"node_modules", "labextension", "notebooks"}
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not skipped & set(path.relative_to(PACKAGE).parts)]


def code_lines(text: str, node: ast.AST) -> int:
    """Count the lines of a node that hold code: no blank lines, no comments, no docstrings."""
    docstrings: set[int] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef | ast.Module | ast.AsyncFunctionDef) and inner.body:
            first = inner.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                docstrings.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    start, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", None) or text.count("\n") + 1
    lines = list(enumerate(text.splitlines(), 1))[start - 1 : end]
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") and n not in docstrings for n, line in lines)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def too_long() -> set[str]:
    found = set()
    for path in sources():
        text, name = path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()
        if text.count("\n") > LONGEST_FILE:
            found.add(name)
        found |= {f"{name}:{f.name}" for f in functions(ast.parse(text)) if code_lines(text, f) > LONGEST_FUNCTION}
    return found


def test_what_is_long_stands_in_the_list_with_a_reason_and_nothing_else_does() -> None:
    assert too_long() == set(EXCEPTIONS)
    assert all(EXCEPTIONS.values())


def test_lines_are_counted_without_blank_lines_comments_and_docstrings() -> None:
    text = 'def f():\n    """Doc.\n\n    More.\n    """\n\n    # why\n    x = 1\n    return x\n'
    assert code_lines(text, ast.parse(text).body[0]) == 3


def test_there_is_something_to_measure() -> None:
    assert len(sources()) > 50
