"""/decision-widgets/templates: the guided notebooks that can be made, and whether answers fit one."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from decision_widgets.errors import InputError
from decision_widgets.server.handler import DecisionHandler, text_of
from decision_widgets.templates import list_templates, read_answers, read_template


def check_answers(said: dict[str, Any]) -> dict[str, Any]:
    """Read the typed answers to a template: the values they give, and by name what is wrong with the others."""
    problems: list[str] = []
    template, answers = text_of(said, "template", problems), said.get("answers", {})
    if not isinstance(answers, dict) or not all(isinstance(answer, str) for answer in answers.values()):
        problems.append("'answers' must be an object of names and the text that was typed for each.")
    if problems:
        raise InputError.together("The request", problems)
    filling = read_answers(read_template(template)[0], answers)
    return {"values": filling.values, "problems": filling.problems}


class TemplatesHandler(DecisionHandler):
    """Lists the templates, and checks answers."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer every template with its parameters; one that cannot be used says why."""
        self.finish({"templates": [template.to_dict() for template in list_templates()]})

    @authenticated
    @authorized
    async def post(self) -> None:
        """Check the answers to one template; nothing is written."""
        self.finish(check_answers(self.said("template", "answers")))
