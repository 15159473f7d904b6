"""How far a long read has come, as a card that can be cancelled and vanishes when the read ends."""

from __future__ import annotations

from typing import Any

from decision_widgets.cards.result import ResultCard
from decision_widgets.data.progress import Progress


class ProgressView:
    """Shows the progress of one read below its cell."""

    def __init__(self) -> None:
        self._card: ResultCard | None = None
        self._shown: Any = None

    def show(self, progress: Progress) -> None:
        """Show how far the read has come; the first time the card appears."""
        payload = _payload(progress)
        if self._card is None:
            from IPython.display import display

            self._card = ResultCard(payload)
            self._shown = display(self._card, display_id=True)
        else:
            self._card.payload = payload

    def erase(self) -> None:
        """Take the card away."""
        if self._card is not None:
            self._shown.update({"text/plain": ""}, raw=True)
            self._card.close()
            self._card = None


def _payload(progress: Progress) -> dict[str, Any]:
    lasting = f"{progress.stage}, {progress.seconds:.0f} s"
    if progress.share is None:
        state: dict[str, Any] = {"loading": {"text": lasting}}
    else:
        state = {"progress": {"stage": lasting, "done": round(100 * progress.share), "total": 100}}
    return {"schema": "dw.result/1", "version": "", "id": None, "source": {}, "state": state, "cards": []}
