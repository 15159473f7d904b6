"""The widget that designs an experiment: five steps in the browser, read by Python as they are typed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import traitlets
from ipywidgets import widget_serialization

from decision_widgets.analysis.likeness import likeness
from decision_widgets.cards.design import DesignCard
from decision_widgets.cards.design_copy import COPY
from decision_widgets.cards.design_form import completed, design_of, empty_form, form_of, suggested_form, who_column
from decision_widgets.cards.design_messages import messages_of, say
from decision_widgets.cards.design_payload import design_payload
from decision_widgets.cards.design_power import Answer, analysed, asked_of, is_plan_of, planned
from decision_widgets.data.profile import EXACT_UP_TO, TableProfile, read_profile
from decision_widgets.data.progress import Progress
from decision_widgets.data.tables import is_table
from decision_widgets.design import BetweenSubject, Metric, Switchback
from decision_widgets.design.yaml import write_design
from decision_widgets.errors import DecisionError, InputError

Design = BetweenSubject | Switchback


class DesignWidget(DesignCard):
    """Design an experiment in five steps: the design, the data, the metrics, the assignment, the power.

    Parameters
    ----------
    data : table or summaries, optional
        The past, as in ``advise``. Of a table the columns are offered, each with the kind of metric it could be; rows
        stay where they are. Left out, names are typed.

    Attributes
    ----------
    design : BetweenSubject, Switchback or None
        The frozen record that the form describes; ``None`` while there are errors. Observe it, or link it.
    messages : list of dict
        What is wrong or should be known, each with its code, its sentences and its field.
    form : dict
        The fields as they stand; assign a changed copy to fill them in from Python.
    created : BetweenSubject, Switchback or None
        The design at the last press of *Create*.
    power, result : widgets or None
        The card of step 5, and of the analysis.

    Examples
    --------
    >>> widget = DesignWidget()
    >>> widget.design is None, widget.messages[0]["code"]
    (True, 'NO_METRIC')
    """

    answers = traitlets.Bool(True, help="a kernel reads what is typed").tag(sync=True)
    form = traitlets.Dict(help="the fields as they stand; replaced whole").tag(sync=True)
    sentences = traitlets.Dict(help="the sentences of messages, by code").tag(sync=True)
    job = traitlets.Dict(help="what the kernel does at the moment, and how far it is").tag(sync=True)
    power = traitlets.Any(None, allow_none=True, help="the card of step 5").tag(sync=True, **widget_serialization)
    result = traitlets.Any(None, allow_none=True, help="the card of the analysis").tag(
        sync=True, **widget_serialization
    )
    answer_html = traitlets.Unicode("", help="an answer that has no card of its own").tag(sync=True)
    design = traitlets.Any(None, allow_none=True, help="the record; None while there are errors")
    created = traitlets.Any(None, allow_none=True, help="the record at the last press of Create")
    messages: Any = traitlets.List(help="what is wrong, or should be known")
    _data: Any = None

    def __init__(self, data: Any = None, **options: Any) -> None:
        self._refuse_unknown(options)
        self._data = data
        self._likeness: dict[str, Any] | None = None
        self._asked_likeness: tuple[str, str] | None = None
        self._named, self._seen = _name_of(data), _sight(data)
        self._profile = profile = _profile_of(data)
        form = empty_form() if profile is None else suggested_form(profile)
        if data is not None and profile is None:
            form["source"] = "given"
        super().__init__(self._payload_of(form, [], None), **options)
        self.sentences = {code: list(said) for code, said in COPY.items()}
        self.on_msg(self._hear)
        self._watch_cells("register")
        if (shell := _shell()) is not None:  # the drawer's cell of %%decision runs where it is put
            shell.extension_manager.load_extension("decision_widgets")
        self.form = form

    @classmethod
    def of(cls, design: Design, data: Any = None, *, question: str = "") -> Self:
        """Open a design, with the data of its past if they are given.

        Parameters
        ----------
        design : BetweenSubject or Switchback
        data : table or summaries, optional
        question : str
            The decision to make, in a sentence.
        """
        if not isinstance(design, BetweenSubject | Switchback):
            raise InputError(f"A design is a BetweenSubject or a Switchback; got {type(design).__name__}.")
        widget = cls(data)
        source = widget.form["source"]
        form = form_of(design) | {"question": question, "source": source}
        if isinstance(design, Switchback) and design.schedule is None:
            form["regions"] = widget._levels(design.region)
        widget.form = form
        return widget

    @property
    def data(self) -> Any:
        """What was given as the past."""
        return self._data

    def profile(self) -> TableProfile | None:
        """Look at the data again, and return what each column holds."""
        if self._named is not None:
            self._data = _names().get(self._named, self._data)
        self._profile, self._asked_likeness, self._seen = _profile_of(self._data), None, _sight(self._data)
        self._read_form(self.form)
        self.job = {"done": "profile", "at": _now()}
        return self._profile

    def plan(self) -> Any:
        """Ask how many participants or days the design needs; the card appears in step 5.

        Raises
        ------
        InputError
            While the design has errors, or what ``advise`` refuses.
        """
        design = self._ready()
        lift, history = asked_of(self.form, self._data)
        return self._show("power", planned(design, history, lift, self._tell))

    def adopt(self) -> None:
        """Take the size that step 5 shows as the plan of the design: its participants, and its days where it has dates.

        Raises
        ------
        InputError
            Nothing was computed yet, or the card shows a what-if of other arms, power, confidence, covariates or ICC.
        """
        design, shown = self._ready(), self.power
        if shown is None or shown.advice is None or shown.advice.plan is None:
            raise InputError("Nothing was computed yet; press Compute.")
        if not is_plan_of(shown.design, design):
            raise InputError("The card shows a what-if of another design: undo it, or change the design itself.")
        if shown.icc is not None:
            raise InputError(
                f"The card shows a what-if, an ICC of {shown.icc:.3f}: move it back, or type the plan's participants."
            )
        plan = shown.advice.plan
        taken = {"planned_participants": str(plan.n_participants)}
        if design.time is not None and plan.days is not None:
            taken["planned_days"] = str(plan.days)
        self.form = {key: value for key, value in self.form.items() if key != "stamp"} | taken
        self.job = {"done": "adopt", "at": _now()}

    def analyse(self, data: Any = None) -> Any:
        """Analyse data with arms by the design, by default the widget's own; the result appears in step 5."""
        design = self._ready()
        return self._show("result", analysed(design, self._data if data is None else data, self._tell))

    def create(self) -> Design:
        """Emit the design: ``created`` is set, and whoever observes it is told."""
        self.created = None
        self.created = self._ready()
        self.job = {"done": "create", "at": _now()}
        return self.created

    def save(self, path: str | Path) -> Path:
        """Write the design as YAML; a path without that ending gets ``.decision.yaml``."""
        design = self._ready()
        place = Path(path)
        if place.suffix not in (".yaml", ".yml"):
            place = place.with_name(f"{place.name}.decision.yaml")
        question = " ".join(self.form["question"].split())
        try:
            place.write_text((f"# {question}\n" if question else "") + write_design(design), encoding="utf-8")
        except OSError as problem:
            raise InputError(
                f"{str(place)!r} cannot be written: {problem.strerror}. Name a folder that exists."
            ) from None
        return place

    def close(self) -> None:
        """Free the widget and the cards inside it."""
        for child in (self.power, self.result):
            if child is not None:
                child.close()
        self._watch_cells("unregister")
        super().close()

    def _watch_cells(self, how: str) -> None:
        shell = _shell()
        if shell is None or self._data is None:
            return
        with suppress(ValueError):  # a second close has nothing left to take away
            getattr(shell.events, how)("post_run_cell", self._look_again)

    def __repr__(self) -> str:
        wrong = sum(message["sev"] == "error" for message in self.messages)
        said = repr(self.design.name or self.design.design) if self.design is not None else f"{wrong} open"
        return f"DesignWidget({said})"

    @traitlets.validate("form")
    def _check_form(self, proposal: Any) -> dict[str, Any]:
        return completed(proposal["value"])

    @traitlets.observe("form")
    def _form_changed(self, change: Any) -> None:
        self._read_form(change["new"])

    def _read_form(self, form: Mapping[str, Any]) -> None:
        self._find_likeness(form)
        messages = messages_of(form, self._profile, self._likeness)
        design: Design | None = None
        if not any(message["sev"] == "error" for message in messages):
            try:
                design = design_of(form)
            except InputError as problem:
                messages.append(say("DESIGN", reason=str(problem)))
        with self.hold_sync(), self.hold_trait_notifications():
            self.messages = messages
            self.payload = self._payload_of(form, messages, design)
            # An equal record is the same record for whoever observes or links it.
            self.design = self.design if design == self.design else design

    def _payload_of(
        self, form: Mapping[str, Any], messages: list[dict[str, Any]], design: Design | None
    ) -> dict[str, Any]:
        payload = design_payload(
            form,
            profile=self._profile,
            likeness=self._likeness,
            messages=messages,
            design=design,
            data=self._named,
            given=self._data is not None and self._profile is None,
        )
        payload["state"] = self._state()
        payload["cards"] = [
            child.payload for child in (self._child("power"), self._child("result")) if child is not None
        ]
        payload["created"] = _now()
        return payload

    def _levels(self, column: str | None) -> list[str]:
        columns = () if self._profile is None else self._profile.columns
        return [level for each in columns if each.name == column for level in each.levels]

    def _child(self, name: str) -> Any:
        return self._trait_values.get(name)

    def _state(self) -> Any:
        known = self._named is None or _names().get(self._named) is self._data
        if self._data is None or (known and self._seen == _sight(self._data)):
            return "ready"
        return {"stale": {"reason": f"{self._named or 'The data'} changed since profiling."}}

    def _look_again(self, *_: Any) -> None:
        if self.payload["state"] != self._state():
            self.payload = self._payload_of(self.form, self.messages, self.design)

    def _find_likeness(self, form: Mapping[str, Any]) -> None:
        if self._profile is None or form["design"] != "between" or self._profile.rows > EXACT_UP_TO:
            return
        who = form["participant"] or who_column(self._profile)
        primary = next((metric for metric in form["metrics"] if metric["role"] == "primary"), None)
        if not who or primary is None or primary["kind"] == "ratio":
            return
        if self._asked_likeness == (who, primary["name"]):
            return
        self._asked_likeness = (who, primary["name"])
        known = {each.name for each in self._profile.columns if each.kind is not None}
        found = likeness(self._data, who, Metric(primary["name"])) if primary["name"] in known - {who} else None
        self._likeness = found

    def _ready(self) -> Design:
        if self.design is not None:
            return self.design  # type: ignore[no-any-return]  # a trait is untyped
        wrong = [message["title"] for message in self.messages if message["sev"] == "error"]
        raise InputError(f"The design has errors: {' '.join(wrong)}")

    def _show(self, name: str, shown: Answer) -> Any:
        answer, card, html = shown
        old = self._child(name)
        with self.hold_sync():
            setattr(self, name, card)
            self.answer_html = html
            self.job = {"done": name, "at": _now()}
            self.payload = self._payload_of(self.form, self.messages, self.design)
        if card is not None:
            card.observe(self._keep_child, "payload")
        if old is not None:
            old.close()
        return answer

    def _keep_child(self, _: Any) -> None:
        self.payload = self._payload_of(self.form, self.messages, self.design)

    def _tell(self, progress: Progress) -> None:
        done = None if progress.share is None else round(100 * progress.share)
        self.job = {"stage": progress.stage, "share": done}

    def _hear(self, _: Any, asked: Any, __: Any = None) -> None:
        deeds: dict[str, Callable[[], object]] = {
            "power": self.plan,
            "adopt": self.adopt,
            "analyse": self.analyse,
            "create": self.create,
            "profile": self.profile,
        }
        deed = deeds.get(str(asked.get("do"))) if isinstance(asked, Mapping) else None
        if deed is None:
            return
        self.error = ""
        try:
            deed()
        except (DecisionError, KeyboardInterrupt) as problem:
            stopped = isinstance(problem, KeyboardInterrupt)
            self.job = {"failed": "Stopped. Nothing was changed." if stopped else str(problem), "of": asked["do"]}


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _sight(data: Any) -> Any:
    """Return what a change of a frame would change: its shape and the names of its columns."""
    shape, columns = getattr(data, "shape", None), getattr(data, "columns", None)
    named = None if columns is None or callable(columns) else tuple(map(str, columns))
    return (shape if isinstance(shape, tuple) else None, named)


def _profile_of(data: Any) -> TableProfile | None:
    return read_profile(data) if is_table(data) or (isinstance(data, tuple) and len(data) == 2) else None


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None


def _names() -> Mapping[str, Any]:
    shell = _shell()
    return {} if shell is None else shell.user_ns


def _name_of(data: Any) -> str | None:
    """Return the name that the data have in the notebook, where they have one."""
    named = (name for name, value in _names().items() if value is data and not name.startswith("_"))
    return None if data is None else next(named, None)
