"""GET /decision-widgets/templates: the guided notebooks that can be made."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from decision_widgets.server.handler import DecisionHandler
from decision_widgets.templates import list_templates


class TemplatesHandler(DecisionHandler):
    """Lists the templates."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer every template with its parameters and their defaults."""
        self.finish({"templates": [template.to_dict() for template in list_templates()]})
