"""POST /decision-widgets/notebooks: a new notebook from a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from decision_widgets.errors import InputError, did_you_mean
from decision_widgets.server.handler import DecisionHandler
from decision_widgets.templates import new_notebook

MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookRequest:
    """What the browser asks for: which template, in which folder, with which values."""

    template: str
    cwd: str = ""
    parameters: Mapping[str, Any]

    @classmethod
    def from_body(cls, body: bytes) -> NotebookRequest:
        """Read the body of a request; every problem is an InputError."""
        said = _json_object(body)
        known = ("template", "cwd", "parameters")
        problems = [f"Unknown key {key!r}.{did_you_mean(key, known)}" for key in said if key not in known]
        template, cwd, parameters = said.get("template"), said.get("cwd", ""), said.get("parameters", {})
        if not isinstance(template, str):
            problems.append("'template' must be the id of a template, as text.")
        if not isinstance(cwd, str) or "\0" in cwd or ".." in cwd.replace("\\", "/").split("/"):
            problems.append("'cwd' must be a folder inside the Jupyter root folder, without '..'.")
        if not isinstance(parameters, dict):
            problems.append("'parameters' must be an object of names and values.")
        if problems:
            raise InputError.together("The request", problems)
        return cls(template=str(template), cwd=cwd.strip("/"), parameters=parameters)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("The body of the request is not JSON.") from error
    if not isinstance(said, dict):
        raise InputError("The body of the request must be a JSON object.")
    return said


async def save_notebook(contents: Any, request: NotebookRequest) -> str:
    """Write a new notebook through a contents manager, beside what the folder already holds, and return its path."""
    notebook = new_notebook(request.template, request.parameters)
    if not await ensure_async(contents.dir_exists(request.cwd)):
        raise HTTPError(404, f"There is no folder {request.cwd!r}.")
    name = await ensure_async(contents.increment_filename(f"{request.template}.ipynb", request.cwd, insert="-"))
    model = {"type": "notebook", "format": "json", "content": notebook}
    saved = await ensure_async(contents.save(model, f"{request.cwd}/{name}".lstrip("/")))
    return str(saved["path"])


class NotebooksHandler(DecisionHandler):
    """Makes notebooks."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Make one notebook and answer its path."""
        if len(self.request.body) > MAX_BODY_BYTES:
            raise HTTPError(413, f"The request is longer than {MAX_BODY_BYTES:,} bytes.")
        try:
            path = await save_notebook(self.contents_manager, NotebookRequest.from_body(self.request.body))
        except InputError as problem:
            self.refuse(400, type(problem).__name__, str(problem))
            return
        self.set_status(201)
        self.finish({"path": path})
