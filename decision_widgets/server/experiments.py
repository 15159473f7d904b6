"""GET /decision-widgets/experiments: the designs and decisions in the workspace, those that need attention first."""

from __future__ import annotations

from asyncio import to_thread

from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from decision_widgets.server.handler import DecisionHandler
from decision_widgets.server.places import root_of
from decision_widgets.workspace import find_experiments


class ExperimentsHandler(DecisionHandler):
    """Lists the experiments."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """Answer what the folders below the root hold, and whether all of them were looked into."""
        root = root_of(self.contents_manager)
        if root is None:
            raise HTTPError(501, "The files of this Jupyter server are not in a folder of its own disk.")
        hidden = bool(getattr(self.contents_manager, "allow_hidden", False))
        self.finish((await to_thread(find_experiments, root, hidden=hidden)).to_dict())
