"""What every route shares: who may ask, how long a question may be, and how a refusal reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError, stream_request_body

from decision_widgets.errors import InputError, did_you_mean, listed

HINTS = {
    400: "Nothing was written. Correct the request, then try again.",
    403: "Check that you are signed in to Jupyter and may write in this folder, then reload the page.",
    404: "Check that the folder still exists, then try again.",
    405: "See the documentation of decision_widgets for what this address accepts.",
    413: "Nothing was written. Send fewer or shorter values.",
    501: "Open the files one by one instead.",
}
UNEXPECTED = "Look in the Jupyter server's log, which has the details."


@stream_request_body
class DecisionHandler(APIHandler):
    """Answers in JSON; guarded by the same permission as the files of the user.

    A body longer than `longest` bytes is dropped while it comes, so that it is never held in memory.
    """

    auth_resource = "contents"
    longest: ClassVar[int] = 64 * 1024

    def initialize(self) -> None:
        """Begin with an empty body."""
        self._body = bytearray()
        self._is_too_long = False

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, up to one byte more than is read."""
        self._is_too_long = self._is_too_long or len(self._body) + len(chunk) > self.longest
        if self._is_too_long:
            self._body.clear()
        else:
            self._body += chunk

    def said(self, *known: str) -> dict[str, Any]:
        """Return the JSON object of the body, all of whose keys are known.

        Raises
        ------
        HTTPError
            413 when it is too long.
        InputError
            It is no such object.
        """
        if self._is_too_long:
            raise HTTPError(413, f"The request is longer than {self.longest:,} bytes.")
        try:
            said = json.loads(bytes(self._body))
        except (ValueError, RecursionError) as error:
            raise InputError("The body of the request is not JSON.") from error
        if not isinstance(said, dict):
            raise InputError("The body of the request must be a JSON object.")
        problems = [
            f"Unknown key {key!r}.{did_you_mean(key, known)} It may be: {listed(known)}."
            for key in said
            if key not in known
        ]
        if problems:
            raise InputError.together("The request", problems)
        return said

    def refuse(self, status_code: int, kind: str, message: str) -> None:
        """Finish with an error that says what was wrong and what to do."""
        self.set_status(status_code)
        self.finish({"error": {"kind": kind, "message": message, "hint": HINTS.get(status_code, UNEXPECTED)}})

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Give errors of the framework, and what is wrong with the question, the same shape."""
        phrase = HTTPStatus(status_code).phrase
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, InputError):
            self.refuse(400, type(error).__name__, str(error))
            return
        message = f"The server answered {status_code}, {phrase}."
        if isinstance(error, HTTPError) and error.log_message:
            message = error.log_message % error.args
        self.refuse(status_code, phrase.title().replace(" ", ""), message)

    def log_exception(self, *about: Any) -> None:
        """Log what is unexpected; a question that cannot be answered is not."""
        if not isinstance(about[1], InputError):
            super().log_exception(*about)


def text_of(said: Mapping[str, Any], key: str, problems: list[str], default: str | None = None) -> str:
    """Return a text of a question; what is no text is added to the problems."""
    value = said.get(key, default)
    if isinstance(value, str):
        return value
    problems.append(f"{key!r} must be text; it came as {type(value).__name__}.")
    return ""
