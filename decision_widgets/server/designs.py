"""POST /decision-widgets/designs: the text of a design, read, as the page that shows it or as its problems."""

from __future__ import annotations

import re
from asyncio import to_thread
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from decision_widgets.design.yaml import read_design
from decision_widgets.errors import InputError
from decision_widgets.server.handler import DecisionHandler, text_of
from decision_widgets.views.design_sheet import design_page


def read_text(text: str) -> dict[str, Any]:
    """Read a design: as plain values with its page, or as problems with their lines."""
    try:
        design = read_design(text)
    except InputError as wrong:
        lines = str(wrong).splitlines()
        said = [line.removeprefix("- ") for line in lines[1:] if line.startswith("- ")] or [" ".join(lines)]
        return {"design": None, "html": None, "problems": [{"line": _line(one), "message": one} for one in said]}
    plain = design.to_dict()
    return {"design": plain, "html": design_page(plain), "problems": []}


def _line(problem: str) -> int | None:
    found = re.search(r"\bline (\d+)", problem, re.IGNORECASE)
    return int(found[1]) if found else None


class DesignsHandler(DecisionHandler):
    """Reads designs."""

    longest = 256 * 1024

    @authenticated
    @authorized
    async def post(self) -> None:
        """Read one design; nothing is written."""
        said, problems = self.said("text"), list[str]()
        text = text_of(said, "text", problems)
        if problems:
            raise InputError.together("The request", problems)
        self.finish(await to_thread(read_text, text))
