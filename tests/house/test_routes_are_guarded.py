"""No route of ours answers somebody who is not signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_server.base.handlers import APIHandler
from tornado.routing import PathMatches, Router, Rule
from tornado.web import RequestHandler

from tests.server.running_server import RunningServer, running_server

pytestmark = pytest.mark.server

# The double-submit check only compares these two; without them it would refuse before the sign-in is looked at.
XSRF = {"Cookie": "_xsrf=abc", "X-XSRFToken": "abc"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with running_server(tmp_path) as running:
        yield running


def our_routes(rules: list[Rule]) -> Iterator[tuple[str, type[RequestHandler]]]:
    for rule in rules:
        if isinstance(rule.target, Router):
            yield from our_routes(getattr(rule.target, "rules", []))
        elif isinstance(rule.matcher, PathMatches) and "decision-widgets/" in rule.matcher.regex.pattern:
            address = re.sub(r"\(.*?\)", "anything", rule.matcher.regex.pattern).rstrip("$")
            yield address, rule.target


def methods_of(handler: type[RequestHandler]) -> list[str]:
    # OPTIONS is the browser's question before a request and answers no data.
    asked = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    return [name for name in asked if getattr(handler, name.lower()) is not getattr(RequestHandler, name.lower())]


def open_routes(server: RunningServer) -> list[str]:
    found = []
    for address, handler in our_routes(server.app.web_app.default_router.rules):
        for method in methods_of(handler):
            answer = server.ask(method, address, headers=XSRF, signed_in=False)
            if answer.code not in {401, 403}:
                found.append(f"{method} {address} -> {answer.code}")
    return found


def test_every_route_asks_who_you_are(server: RunningServer) -> None:
    addresses = {address for address, _ in our_routes(server.app.web_app.default_router.rules)}
    assert {"/decision-widgets/templates", "/decision-widgets/notebooks"} <= addresses
    assert open_routes(server) == []


def test_an_open_route_is_found(server: RunningServer) -> None:
    class Open(APIHandler):
        def post(self, name: str) -> None:
            self.finish({"name": name})

    server.app.web_app.settings["allow_unauthenticated_access"] = True
    server.app.web_app.add_handlers(".*$", [(r"/decision-widgets/open/(\w+)", Open)])
    assert open_routes(server) == ["POST /decision-widgets/open/anything -> 200"]
