"""No route of ours answers somebody who is not signed in, or writes what it refuses."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_server.base.handlers import APIHandler
from tornado.routing import PathMatches, Router, Rule
from tornado.web import RequestHandler

from decision_widgets.server import ROUTES
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
    assert addresses == {f"/decision-widgets/{resource}" for resource in ROUTES}
    assert open_routes(server) == []


def test_an_open_route_is_found(server: RunningServer) -> None:
    class Open(APIHandler):
        def post(self, name: str) -> None:
            self.finish({"name": name})

    server.app.web_app.settings["allow_unauthenticated_access"] = True
    server.app.web_app.add_handlers(".*$", [(r"/decision-widgets/open/(\w+)", Open)])
    assert open_routes(server) == ["POST /decision-widgets/open/anything -> 200"]


def questions(server: RunningServer) -> list[tuple[str, str]]:
    routes = our_routes(server.app.web_app.default_router.rules)
    return [(method, address) for address, handler in routes for method in methods_of(handler)]


def writing(server: RunningServer) -> list[str]:
    return [address for method, address in questions(server) if method not in {"GET", "HEAD"}]


def files_near(server: RunningServer) -> set[Path]:
    kept = {"config", "data", "runtime"}
    near = server.root.parent
    return {path for path in near.rglob("*") if path.relative_to(near).parts[0] not in kept}


def test_a_wrong_token_opens_nothing(server: RunningServer) -> None:
    wrong = [{"Authorization": "token wrong"}, {"Authorization": "token "}, {"Authorization": "Bearer x"}]
    for method, address in questions(server):
        for headers in wrong:
            assert server.ask(method, address, headers=headers | XSRF, signed_in=False).code in {401, 403}
        assert server.ask(method, f"{address}?token=wrong", headers=XSRF, signed_in=False).code in {401, 403}


def test_a_browser_without_the_xsrf_token_changes_nothing(server: RunningServer) -> None:
    signed_in = server.ask("GET", "/decision-widgets/templates")
    cookie = "; ".join(line.split(";")[0] for line in signed_in.headers.get_list("Set-Cookie"))
    before = files_near(server)
    assert writing(server)
    for address in writing(server):
        for headers in ({"Cookie": cookie}, {"Cookie": f"{cookie}; _xsrf=abc", "X-XSRFToken": "other"}):
            answer = server.ask("POST", address, {}, headers, signed_in=False)
            assert answer.code == 403
            assert "XSRF" in json.loads(answer.body)["error"]["message"].upper()
    assert files_near(server) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"3",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"a":' * 9_000,
        b"NaN",
        {"template": "../../etc/passwd", "cwd": ".."},
        {"template": "/etc/passwd"},
        {"template": "between-subject", "cwd": "../outside"},
        {"template": "between-subject", "cwd": "/../outside"},
        {"template": "between-subject", "cwd": "link"},
        {"template": "between-subject", "cwd": "a/../../outside"},
        {"template": "between-subject", "name": "../outside/x.ipynb"},
        {"template": "between-subject", "name": "/tmp/x.ipynb"},
        {"text": "x", "path": "/etc/passwd"},
        {"path": "../secret.decision.json"},
    ],
    ids=repr,
)
def test_a_refused_question_writes_nothing_and_answers_in_json(server: RunningServer, body: object) -> None:
    outside = server.root.parent / "outside"
    outside.mkdir()
    (server.root / "link").symlink_to(outside)
    before = files_near(server)
    for address in writing(server):
        answer = server.ask("POST", address, body)
        assert answer.code in {400, 404}, f"{address}: {answer.code} {answer.body!r}"
        assert json.loads(answer.body)["error"].keys() == {"kind", "message", "hint"}
    assert files_near(server) == before


def test_a_hundred_megabytes_are_refused_and_not_held(server: RunningServer) -> None:
    body = b'{"text": "' + b"x" * 100 * 1024**2 + b'"}'
    before = files_near(server)
    for address in writing(server):
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer = server.ask("POST", address, body)
        assert answer.code == 413
        assert json.loads(answer.body)["error"]["hint"].startswith("Nothing was written.")
        # The client of this test runs in the same process and holds its own copy.
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 4 * len(body) / 1024
        assert server.ask("POST", address, body, XSRF, signed_in=False).code in {401, 403, 413, 599}
    assert files_near(server) == before
    assert server.ask("GET", "/decision-widgets/templates").code == 200


def test_no_address_below_a_route_reaches_a_file(server: RunningServer) -> None:
    (server.root / "secret").write_text("secret")
    for resource_ in ROUTES:
        for path in ("/../secret", "/%2e%2e/secret", "/secret", "//etc/passwd", "?path=../../etc/passwd"):
            answer = server.ask("GET", f"/decision-widgets/{resource_}{path}")
            assert answer.body != b"secret"
            assert b"root:" not in answer.body
