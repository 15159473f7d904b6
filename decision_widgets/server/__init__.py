"""The routes that decision_widgets adds to a Jupyter server."""

from __future__ import annotations

from jupyter_server.utils import url_path_join
from tornado.web import Application

from decision_widgets.server.designs import DesignsHandler
from decision_widgets.server.experiments import ExperimentsHandler
from decision_widgets.server.notebooks import NotebooksHandler
from decision_widgets.server.records import RecordsHandler
from decision_widgets.server.templates import TemplatesHandler

NAMESPACE = "decision-widgets"
ROUTES = {
    "templates": TemplatesHandler,
    "notebooks": NotebooksHandler,
    "experiments": ExperimentsHandler,
    "designs": DesignsHandler,
    "records": RecordsHandler,
}


def setup_handlers(web_app: Application) -> None:
    """Add our routes below the base URL of the server."""
    base_url = web_app.settings["base_url"]
    web_app.add_handlers(
        ".*$", [(url_path_join(base_url, NAMESPACE, resource), handler) for resource, handler in ROUTES.items()]
    )
