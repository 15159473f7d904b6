"""What every route shares: who may ask, and how a refusal reads."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

HINTS = {
    400: "Nothing was written. Correct the request, then try again.",
    403: "Check that you are signed in to Jupyter and may write in this folder, then reload the page.",
    404: "Check that the folder still exists, then try again.",
    405: "See the documentation of decision_widgets for what this address accepts.",
    413: "Nothing was written. Send fewer or shorter values.",
}
UNEXPECTED = "Look in the Jupyter server's log, which has the details."


class DecisionHandler(APIHandler):
    """Answers in JSON; guarded by the same permission as the files of the user."""

    auth_resource = "contents"

    def refuse(self, status_code: int, kind: str, message: str) -> None:
        """Finish with an error that says what was wrong and what to do."""
        self.set_status(status_code)
        self.finish({"error": {"kind": kind, "message": message, "hint": HINTS.get(status_code, UNEXPECTED)}})

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Give errors of the framework the same shape as our own."""
        phrase = HTTPStatus(status_code).phrase
        error = kwargs.get("exc_info", (None, None))[1]
        message = f"The server answered {status_code}, {phrase}."
        if isinstance(error, HTTPError) and error.log_message:
            message = error.log_message % error.args
        self.refuse(status_code, phrase.title().replace(" ", ""), message)
