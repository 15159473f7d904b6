"""POST /decision-widgets/records: a saved result as the page that shows it."""

from __future__ import annotations

from asyncio import to_thread
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from decision_widgets.errors import InputError
from decision_widgets.results.saved import read_result
from decision_widgets.server.handler import DecisionHandler, text_of


def read_text(text: str) -> dict[str, Any]:
    """Read a saved result: its page, or why there is none."""
    try:
        return {"html": read_result(text).to_html(), "problems": []}
    except InputError as wrong:
        message = str(wrong)
    except Exception as wrong:  # a record that was tampered with may fail anywhere
        message = f"This record does not fit together ({type(wrong).__name__}). Run the analysis again."
    return {"html": None, "problems": [{"line": None, "message": message}]}


class RecordsHandler(DecisionHandler):
    """Shows saved results."""

    longest = 8 * 1024 * 1024

    @authenticated
    @authorized
    async def post(self) -> None:
        """Show one saved result; nothing is written."""
        said, problems = self.said("text"), list[str]()
        text = text_of(said, "text", problems)
        if problems:
            raise InputError.together("The request", problems)
        self.finish(await to_thread(read_text, text))
