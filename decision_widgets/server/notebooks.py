"""POST /decision-widgets/notebooks: a new notebook from a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from decision_widgets.errors import InputError
from decision_widgets.server.handler import DecisionHandler, text_of
from decision_widgets.server.places import file_problem, folder_problem, refuse_outside
from decision_widgets.templates import new_notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookRequest:
    """What the browser asks for: which template, in which folder, under which name, with which values."""

    template: str
    cwd: str = ""
    name: str = ""
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> NotebookRequest:
        """Read the body of a request; every problem is an InputError."""
        problems: list[str] = []
        template = text_of(said, "template", problems)
        cwd, name = text_of(said, "cwd", problems, ""), text_of(said, "name", problems, "")
        parameters = said.get("parameters", {})
        problems += [problem for problem in (folder_problem(cwd), file_problem(name)) if problem is not None]
        if not isinstance(parameters, dict):
            problems.append("'parameters' must be an object of names and values.")
        if problems:
            raise InputError.together("The request", problems)
        stem = name.removesuffix(".ipynb") or template
        return cls(template=template, cwd=cwd.strip("/"), name=f"{stem}.ipynb", parameters=parameters)


async def save_notebook(contents: Any, request: NotebookRequest) -> str:
    """Write a new notebook through a contents manager, beside what the folder already holds, and return its path."""
    notebook = new_notebook(request.template, request.parameters)
    refuse_outside(contents, request.cwd)
    if not await ensure_async(contents.dir_exists(request.cwd)):
        raise HTTPError(404, "There is no folder %r.", request.cwd)
    name = await ensure_async(contents.increment_filename(request.name, request.cwd, insert="-"))
    model = {"type": "notebook", "format": "json", "content": notebook}
    saved = await ensure_async(contents.save(model, f"{request.cwd}/{name}".lstrip("/")))
    return str(saved["path"])


class NotebooksHandler(DecisionHandler):
    """Makes notebooks."""

    @authenticated
    @authorized
    async def post(self) -> None:
        """Make one notebook and answer its path."""
        request = NotebookRequest.of(self.said("template", "cwd", "name", "parameters"))
        path = await save_notebook(self.contents_manager, request)
        self.set_status(201)
        self.finish({"path": path})
