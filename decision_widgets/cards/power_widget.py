"""A power card that a kernel answers: it opens empty or filled, and confirms what the browser estimates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

import traitlets

from decision_widgets.analysis.verbs import advise
from decision_widgets.analysis.what_if import WhatIf, ask, circumstances
from decision_widgets.cards.power import PowerCard
from decision_widgets.cards.power_form import FormProblems, column_fields, read_form, typed_fields
from decision_widgets.data.progress import Progress
from decision_widgets.design import BetweenSubject
from decision_widgets.errors import InputError
from decision_widgets.results.sizing import SizingAdvice
from decision_widgets.results.sizing_payload import power_card, shown_row
from decision_widgets.views.power_words import EMPTY

TOLD: Final = ("error", "warning")
OPTIONS: Final = ("effect", "relative", "participants", "days", "traffic", "compare", "estimand", "today")


class PowerWidget(PowerCard):
    """How many participants an experiment needs, as a card whose sliders, chips and fields answer at once.

    Parameters
    ----------
    history : table or summaries, optional
        As in ``advise``. Left out, the card opens empty and its fields ask for a mean, a standard deviation and the
        like. With a table and no design its fields offer the table's columns.
    design : BetweenSubject, optional
        What is to be sized; without it the fields make one.
    effect, relative, participants, days, traffic, compare, estimand, today
        The question, as in ``advise``.

    Raises
    ------
    InputError
        As ``advise``; later problems are told inside the card, above the last good answer.

    Examples
    --------
    >>> PowerWidget()
    PowerWidget(empty)
    """

    answers = traitlets.Bool(True, help="a kernel confirms what the browser estimates").tag(sync=True)
    fields: Any = traitlets.List(help="what can be typed").tag(sync=True)
    problems = traitlets.Dict(help="what is wrong with it, by field").tag(sync=True)

    def __init__(self, history: Any = None, *, design: BetweenSubject | None = None, **question: Any) -> None:
        unknown = [name for name in question if name not in OPTIONS]
        self._refuse_unknown(dict.fromkeys(unknown))
        self._advice: SizingAdvice | None = None
        self._shown: SizingAdvice | None = None
        self._icc: float | None = None
        self._base: dict[str, Any] | None = None
        self._table: Any = None
        super().__init__(_empty())
        if design is not None:
            self._fill(advise(design, history, **question))
            return
        if question:
            raise InputError(f"{next(iter(question))}= goes with a design; give design=, or fill in the card's fields.")
        self._table = history
        columns = None if history is None else _columns(history)
        self.fields = typed_fields() if columns is None else column_fields(columns)

    @classmethod
    def of(cls, advice: SizingAdvice) -> Self:
        """Open the card filled with an advice."""
        card = cls()
        card.fields = []
        card._fill(advice)
        return card

    @property
    def advice(self) -> SizingAdvice | None:
        """What the card shows now, what-ifs included; ``None`` while it is empty."""
        return self._shown

    @property
    def design(self) -> BetweenSubject | None:
        """The design that the card shows now; ``None`` while it is empty."""
        return None if self._shown is None else self._shown.design

    @property
    def icc(self) -> float | None:
        """The correlation within a participant that a what-if puts in place of the one found; ``None`` without."""
        return self._icc

    def __repr__(self) -> str:
        return f"PowerWidget({'empty' if self._shown is None else self._shown.sentence()})"

    @traitlets.observe("controls")
    def _answer(self, change: Any) -> None:
        old, new = change["old"] or {}, change["new"]
        if new.get("form") is not None and new.get("form") != old.get("form"):
            self._read(new["form"])
        elif new.get("what") and self._advice is not None:
            self._confirm(new["what"], new.get("seq"))

    def _fill(self, advice: SizingAdvice) -> None:
        self._advice = self._shown = advice
        self._icc = None
        self._base = circumstances(advice)
        self._tell(advice, None, None)

    def _tell(self, advice: SizingAdvice, metric: str | None, seq: int | None) -> None:
        messages = [
            {key: getattr(message, key) for key in ("severity", "code", "title", "text", "do")}
            for message in advice.messages
            if message.severity in TOLD
        ]
        payload = power_card(advice, metric) | {"what_if": self._base, "seq": seq, "messages": messages}
        if self._icc is not None and self._base is not None:
            known = next(each["icc"] for each in self._base["metrics"] if each["metric"] == metric)
            payload["inputs"] = payload["inputs"] | {"icc_found": known}
        payload["created"] = datetime.now().astimezone().isoformat(timespec="seconds")
        with self.hold_sync():
            self.payload = payload
            self.error = ""

    def _confirm(self, what: Mapping[str, Any], seq: int | None) -> None:
        assert self._advice is not None
        try:
            found = ask(self._advice, WhatIf.of(what))
        except InputError as problem:
            self.error = str(problem)
            return
        if shown_row(found) is None:
            self.error = found.sentence()
            return
        self._shown, self._icc = found, what.get("icc")
        self._tell(found, str(what["metric"]), seq)

    def _read(self, form: Mapping[str, str]) -> None:
        columns = None if self._table is None else _columns(self._table)
        try:
            asked = read_form(form, columns)
            if asked is not None:
                history = self._table if asked.history is None else asked.history
                advice = advise(asked.design, history, effect=asked.effect, progress=self._tell_progress)
        except FormProblems as problem:
            self.problems = problem.by_field
            return
        except InputError as problem:
            self.problems = {"": str(problem)}
            return
        if asked is None and self._shown is not None:
            needed = "A metric, its mean" if columns is None else "A metric"
            self.problems = {"": f"{needed} and a lift are needed; the answer below is of the fields before."}
            return
        self.problems = {}
        if asked is not None:
            self._fill(advice)

    def _tell_progress(self, progress: Progress) -> None:
        done = None if progress.share is None else round(100 * progress.share)
        if done is not None and self._shown is None:
            self.payload = _empty() | {"state": {"progress": {"done": done, "total": 100}}}


def _empty() -> dict[str, Any]:
    sentence = [{"text": EMPTY, "strong": False}]
    return {"schema": "dw.power/1", "state": "empty", "metric": None, "sentence": sentence, "rows": []}


def _columns(table: Any) -> list[str]:
    columns = getattr(table, "columns", None)
    if columns is None:
        raise InputError("Give a design with this history; columns can be offered of a frame only.")
    return [str(name) for name in columns]
