"""What experiments a folder holds: designs (``*.decision.yaml``), plans and decisions (``*.decision.json``)."""

from __future__ import annotations

import os
from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.design.yaml import read_design
from decision_widgets.errors import InputError
from decision_widgets.results.saved import Saved, read_result
from decision_widgets.vocabulary import HEADLINES, MONITORING_HEADLINES

Status: TypeAlias = str
Kind: TypeAlias = Literal["design", "plan", "decision"]

LABELS: Final[Mapping[Status, str]] = ChainMap[Any, str](
    {"unreadable": "Can\u2019t be read", "out-of-date": "Out of date", "planned": "Planned"},
    HEADLINES,
    MONITORING_HEADLINES,
)
ATTENTION: Final[tuple[Status, ...]] = (
    "invalid", "unreadable", "out-of-date", "stop-harm", "stop-benefit", "plan-reached", "keep-running", "continue",
    "too-early", "ship", "dont-ship", "inconclusive", "planned",
)  # fmt: skip
DEEPEST: Final = 8
MOST_ENTRIES: Final = 20_000
MOST_FILES: Final = 500
LARGEST: Final = 4 * 1024 * 1024
"""How far is looked: folders below the root, entries of folders, files read, bytes of one file."""
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "site-packages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment as a list shows it: what it is, how it stands, the file that says so and the notebook beside it.

    The files are told by their paths below the root.
    """

    name: str
    design: str
    status: Status
    label: str
    headline: str
    updated: str
    path: str
    kind: Kind
    notebook: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The experiments below a folder, those that need attention first; `is_complete` when all of it was looked at."""

    experiments: tuple[Experiment, ...]
    is_complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain JSON values."""
        return {"experiments": [asdict(each) for each in self.experiments], "is_complete": self.is_complete}


class _Found(NamedTuple):
    shown: Experiment
    design: BetweenSubject | Switchback | None

    @property
    def folder(self) -> str:
        return self.shown.path.rpartition("/")[0]


def find_experiments(root: Path, *, hidden: bool = False) -> Workspace:
    """List the experiments below a folder.

    A decision stands for its design, and is out of date when the design has changed since; a plan stands for its design
    until there is a decision. What belongs together has the same name and lies in the same folder, or the answers in
    one below it. Links are not followed, environments and hidden folders not entered.

    Parameters
    ----------
    root : Path
    hidden : bool
        Whether hidden folders and files count too.
    """
    paths, is_complete = _files(root, hidden=hidden)
    found = [each for path in paths if (each := _look(root, path)) is not None]
    by_name = defaultdict(list)
    for each in found:
        by_name[each.shown.name].append(each)
    shown = [_with_notebook(root, one) for same in by_name.values() for one in _together(same)]
    ranked = sorted(shown, key=lambda each: each.updated, reverse=True)
    ranked.sort(key=lambda each: ATTENTION.index(each.status) if each.status in ATTENTION else len(ATTENTION))
    return Workspace(experiments=tuple(ranked), is_complete=is_complete)


def _files(root: Path, *, hidden: bool) -> tuple[list[Path], bool]:
    """Find the files by name, breadth first, and tell whether all was looked at."""
    wanted: list[Path] = []
    folders, seen, is_complete = [(root, 0)], 0, True
    while folders:
        folder, depth = folders.pop(0)
        for entry in _entries(folder):
            seen += 1
            if seen > MOST_ENTRIES or len(wanted) >= MOST_FILES:
                return wanted, False
            if entry.name.startswith(".") and not hidden:
                continue
            if entry.is_dir(follow_symlinks=False):
                if entry.name in _SKIPPED or os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                    continue
                if depth < DEEPEST:
                    folders.append((Path(entry.path), depth + 1))
                else:
                    is_complete = False
            elif _kind_by_name(entry.name) is not None and entry.is_file(follow_symlinks=False):
                wanted.append(Path(entry.path))
    return wanted, is_complete


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:  # gone, or not ours to read
        return []


def _kind_by_name(name: str) -> str | None:
    if name.endswith(".decision.yaml"):
        return "design"
    # The templates write these two in a folder of the experiment's own.
    is_answer = name.endswith((".decision.json", ".plan.json")) or name in ("decision.json", "plan.json")
    return "answer" if is_answer else None


def _look(root: Path, path: Path) -> _Found | None:
    try:
        said = path.stat(follow_symlinks=False)
        if said.st_size > LARGEST:
            return _unreadable(root, path, said.st_mtime, f"It is larger than {LARGEST // 1024**2} MB.")
        return _read(root, path, said.st_mtime_ns, said.st_size)
    except OSError:
        return None


@lru_cache(maxsize=2 * MOST_FILES)
def _read(root: Path, path: Path, changed: int, size: int) -> _Found:
    """Read a file; one that has not changed since is not read again."""
    try:
        text = path.read_text(encoding="utf-8")
        shown = _of_design if _kind_by_name(path.name) == "design" else _of_answer
        return shown(root, path, changed / 1e9, text)
    except UnicodeDecodeError:
        said = "It is not UTF-8 text."
    except InputError as problem:
        said = str(problem).splitlines()[0]
    except Exception as problem:  # a record that was tampered with may fail anywhere; the others are still shown
        said = f"It does not fit together ({type(problem).__name__})."
    return _unreadable(root, path, changed / 1e9, said)


def _of_design(root: Path, path: Path, changed: float, text: str) -> _Found:
    design = read_design(text)
    shown = _experiment(root, path, changed, "design", "planned", "Designed; no data were analysed yet.")
    return _Found(replace(shown, name=design.name or shown.name, design=design.design), design)


def _of_answer(root: Path, path: Path, changed: float, text: str) -> _Found:
    result = read_result(text)
    status, headline = _said_by(result)
    kind: Kind = "plan" if status == "planned" else "decision"
    shown = _experiment(root, path, changed, kind, status, headline)
    return _Found(replace(shown, name=result.design.name or shown.name, design=result.design.design), result.design)


def _said_by(result: Saved) -> tuple[Status, str]:
    """Return the verdict and the first sentence of the first card."""
    payload = result.to_payload()
    card = next(iter(payload.get("cards", ())), payload)
    sentence = "".join(str(piece.get("text", "")) for piece in card.get("sentence") or ())
    first, dot, _ = sentence.partition(". ")
    return str(card.get("verdict") or "planned"), f"{first}{dot.strip()}"


def _unreadable(root: Path, path: Path, changed: float, problem: str) -> _Found:
    kind: Kind = "design" if _kind_by_name(path.name) == "design" else "decision"
    return _Found(_experiment(root, path, changed, kind, "unreadable", problem), None)


def _experiment(root: Path, path: Path, changed: float, kind: Kind, status: Status, headline: str) -> Experiment:
    return Experiment(
        name=_stem(path.name),
        design="",
        status=status,
        label=LABELS.get(status, status),
        headline=headline,
        updated=datetime.fromtimestamp(changed, UTC).isoformat(timespec="seconds"),
        path=path.relative_to(root).as_posix(),
        kind=kind,
    )


def _stem(name: str) -> str:
    return name.removesuffix(".yaml").removesuffix(".json").removesuffix(".decision").removesuffix(".plan")


def _together(found: Sequence[_Found]) -> Iterator[Experiment]:
    """Show of experiments of one name what is not told by another."""
    for each in found:
        answers = [other for other in found if _answers(other, each)]
        if each.shown.kind == "design" and answers:
            continue
        if each.shown.kind == "plan" and any(_decides(other, each) for other in found):
            continue
        designs = [other for other in found if _answers(each, other)]
        changed = each.shown.kind == "decision" and any(other.design != each.design for other in designs)
        yield _out_of_date(each.shown) if changed else each.shown


def _answers(answer: _Found, design: _Found) -> bool:
    return (
        design.shown.kind == "design"
        and answer.shown.kind != "design"
        and design.design is not None
        and answer.design is not None
        and (answer.folder == design.folder or f"{answer.folder}/".startswith(f"{design.folder}/".lstrip("/")))
    )


def _decides(other: _Found, plan: _Found) -> bool:
    return other.shown.kind == "decision" and other.folder == plan.folder


def _out_of_date(shown: Experiment) -> Experiment:
    headline = f"The design changed after the last run, which said: {shown.label}."
    return replace(shown, status="out-of-date", label=LABELS["out-of-date"], headline=headline)


def _with_notebook(root: Path, shown: Experiment) -> Experiment:
    """Name the notebook of the same name beside the file; an answer's may have any name where it is the only one."""
    file = root / shown.path
    beside = [
        entry.name
        for entry in _entries(file.parent)
        if entry.name.endswith(".ipynb") and not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
    ]
    own = f"{_stem(file.name)}.ipynb"
    only = beside[0] if len(beside) == 1 and shown.kind != "design" else None
    name = own if own in beside else only
    return shown if name is None else replace(shown, notebook=(file.parent / name).relative_to(root).as_posix())
