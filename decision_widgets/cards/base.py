"""What every card is: a payload, the HTML that views make of it, and a bundle that needs no kernel to be read."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

import anywidget
import traitlets

from decision_widgets.cards.bundle import script
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.views.html import markup, to_html
from decision_widgets.views.schemas import stems_of
from decision_widgets.views.styles import stylesheet
from decision_widgets.views.text import to_text
from decision_widgets.vocabulary import CARD_MIME

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"

_registry: dict[str, type[Card]] = {}
_OPTIONS = ("controls", "layout", "payload", "tabbable", "tooltip")


class Card(anywidget.AnyWidget):
    """A widget that shows one payload.

    A subclass states `schema`; its script and style are the files of the same stem beside its module.

    Parameters
    ----------
    payload
        Plain values of the card's schema. Replace it whole: an edit inside the dictionary goes unnoticed.
    **options
        Values of the widget's other traits, such as `controls` or `layout`.

    Raises
    ------
    InputError
        When the payload has another schema, or an option does not exist.
    """

    schema: ClassVar[str]

    payload = traitlets.Dict(help="what is shown; replaced whole").tag(sync=True)
    html = traitlets.Unicode(help="the payload as HTML; derived, never set").tag(sync=True)
    text = traitlets.Unicode("", help="a replaced payload as text; derived, never set").tag(sync=True)
    stylesheet = traitlets.Unicode("", help="the style that it stands alone with; derived, never set").tag(sync=True)
    controls = traitlets.Dict(help="what the reader chose").tag(sync=True)
    error = traitlets.Unicode("", help="a message shown above the last good payload").tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # ipywidgets subclasses a widget's class once more when it adds traits; only the one that names a schema counts.
        if "schema" in cls.__dict__:
            cls._esm, cls._css = script(cls.stems()), stylesheet(cls.stems())
            _registry[cls.schema] = cls
        super().__init_subclass__(**kwargs)

    def __init__(self, payload: Mapping[str, Any], **options: Any) -> None:
        self._refuse_unknown(options)
        super().__init__(payload=dict(payload), **options)

    @classmethod
    def stems(cls) -> tuple[str, ...]:
        """Name the files that this card is made of."""
        return (cls.__module__.rpartition(".")[2],)

    @classmethod
    def _refuse_unknown(cls, options: Mapping[str, Any]) -> None:
        problems = [
            f"{cls.__name__} has no option {name!r}.{did_you_mean(name, _OPTIONS)} It takes: {listed(_OPTIONS)}."
            for name in options
            if name not in _OPTIONS
        ]
        if problems:
            raise InputError.together(cls.__name__, problems)

    @traitlets.validate("payload")
    def _check_payload(self, proposal: Any) -> dict[str, Any]:
        payload: dict[str, Any] = proposal["value"]
        if payload.get("schema") != self.schema:
            raise InputError(f"{type(self).__name__} shows {self.schema!r}, not {payload.get('schema')!r}.")
        return deepcopy(payload)

    @traitlets.observe("payload")
    def _write_html(self, change: Any) -> None:
        payload = change["new"]
        self.html = markup(payload)
        if change["old"]:
            # The bundle that the notebook holds is of another payload now; the browser brings it up to date with these.
            self.text, self.stylesheet = to_text(payload), stylesheet(stems_of(payload))

    def follow(self, result: Any) -> None:
        """Keep to a result, where a card can: most show one payload for good."""

    def __repr__(self) -> str:
        name = self.payload.get("id") or self.schema
        return f"{type(self).__name__}({name})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = self._widget_bundle(**kwargs)
        static = {"text/plain": to_text(self.payload), "text/html": to_html(self.payload), CARD_MIME: self.payload}
        return data | static, metadata

    def _widget_bundle(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return dict(data), dict(metadata)


def card_of(payload: Mapping[str, Any]) -> Card:
    """Make the card that shows a payload, chosen by its schema."""
    schema = str(payload.get("schema"))
    if schema not in _registry:
        known = sorted(_registry)
        raise InputError(f"No card shows {schema!r}.{did_you_mean(schema, known)} There are: {listed(known)}.")
    return _registry[schema](payload)


def has_card(payload: Mapping[str, Any]) -> bool:
    """Tell whether there is a card for the schema of a payload."""
    return str(payload.get("schema")) in _registry


def widget_view(payload: Mapping[str, Any], result: Any = None) -> dict[str, Any]:
    """Make the live card of a payload and give the MIME entry that shows it, without the static ones.

    With the result that the payload is of, the card says when the frame that was read has changed since.
    """
    card = card_of(payload)
    if result is not None:
        card.follow(result)
    data, _ = card._widget_bundle()
    return {WIDGET_MIME: data[WIDGET_MIME]}
