"""POST /decision-widgets/notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPResponse

from decision_widgets.server.notebooks import NotebooksHandler
from tests.server.running_server import RunningServer, running_server

pytestmark = pytest.mark.server

ADDRESS = "/decision-widgets/notebooks"


def error_of(answer: HTTPResponse) -> dict[str, str]:
    error: dict[str, str] = json.loads(answer.body)["error"]
    assert error.keys() == {"kind", "message", "hint"}
    assert all(error.values())
    return error


@pytest.fixture
def files_before(server: RunningServer) -> Callable[[], set[Path]]:
    """Gives the files that appeared anywhere near the root since the test began."""
    near = server.root.parent
    before = set(near.rglob("*.ipynb"))
    return lambda: set(near.rglob("*.ipynb")) - before


def test_makes_a_notebook_with_the_values_that_were_asked_for(server: RunningServer) -> None:
    (server.root / "week 1").mkdir()
    answer = server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": "week 1", "parameters": {"alpha": 0.1}})
    assert answer.code == 201
    assert json.loads(answer.body) == {"path": "week 1/two-arms.ipynb"}
    made = nbformat.read(server.root / "week 1" / "two-arms.ipynb", as_version=4)
    assert made.cells[1].source == "alpha = 0.1  # kept\nwho = 'me'"


def test_never_overwrites_a_notebook(server: RunningServer) -> None:
    (server.root / "again").mkdir()
    paths = [
        json.loads(server.ask("POST", ADDRESS, {"template": "time-slots", "cwd": "again"}).body)["path"]
        for _ in range(2)
    ]
    assert paths == ["again/time-slots.ipynb", "again/time-slots-1.ipynb"]


@pytest.mark.parametrize(
    ("request_body", "names"),
    [
        ({"template": "two-arm"}, "two-arms"),
        ({"template": "../01-two-arms"}, "01-two-arms"),
        ({"template": 3}, "'template'"),
        ({"cwd": ""}, "'template'"),
        ({"template": "two-arms", "parameters": {"alhpa": 1}}, "Did you mean 'alpha'"),
        ({"template": "two-arms", "parameters": ["alpha"]}, "'parameters'"),
        ({"template": "two-arms", "parametres": {}}, "Did you mean 'parameters'"),
        ({"template": "two-arms", "parameters": {"alpha": "high"}}, "alpha must be a number"),
        ({"template": "two-arms", "name": "../up.ipynb"}, "'name' must be the name of a file"),
        ({"template": "two-arms", "name": "/etc/cron.d/x"}, "'name' must be the name of a file"),
        ({"template": "two-arms", "name": ".hidden"}, "'name' must be the name of a file"),
        ({"template": "two-arms", "name": "a\0b"}, "'name' must be the name of a file"),
        (b'{"template": "two-arms", "parameters": {"alpha": NaN}}', "alpha"),
        (b"{not json", "not JSON"),
        (b"[" * 20_000, "not JSON"),
        (b"[]", "JSON object"),
        (b"", "not JSON"),
    ],
)
def test_says_what_is_wrong_with_a_request(
    server: RunningServer, files_before: Callable[[], set[Path]], request_body: Any, names: str
) -> None:
    answer = server.ask("POST", ADDRESS, request_body)
    assert answer.code == 400
    error = error_of(answer)
    assert error["kind"] == "InputError"
    assert names in error["message"]
    assert not files_before()


@pytest.mark.parametrize("cwd", ["..", "../..", "a/../..", "/..", "..\\..", "a\0b", 7, None])
def test_a_folder_outside_the_root_is_refused(
    server: RunningServer, files_before: Callable[[], set[Path]], cwd: object
) -> None:
    answer = server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": cwd})
    assert answer.code == 400
    assert "'cwd'" in error_of(answer)["message"]
    assert not files_before()


@pytest.mark.parametrize("cwd", ["way-out", "way-out/below", "inside/out"])
def test_a_link_out_of_the_root_is_not_followed(
    server: RunningServer, files_before: Callable[[], set[Path]], cwd: str
) -> None:
    outside = server.root.parent / "outside"
    (outside / "below").mkdir(parents=True, exist_ok=True)
    (server.root / "inside").mkdir(exist_ok=True)
    for link in ("way-out", "inside/out"):
        if not (server.root / link).is_symlink():
            (server.root / link).symlink_to(outside)
    answer = server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": cwd})
    assert answer.code == 400
    assert "a link to a place outside" in error_of(answer)["message"]
    assert not files_before()


def test_a_link_within_the_root_is_a_folder(server: RunningServer) -> None:
    (server.root / "real").mkdir()
    (server.root / "link").symlink_to(server.root / "real")
    answer = server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": "link", "name": "eta badge.ipynb"})
    assert json.loads(answer.body) == {"path": "link/eta badge.ipynb"}
    assert (server.root / "real" / "eta badge.ipynb").is_file()


@pytest.mark.parametrize("cwd", ["/etc", "//etc", "/tmp/"])
def test_a_folder_from_the_top_of_the_disk_is_looked_for_below_the_root(
    server: RunningServer, files_before: Callable[[], set[Path]], cwd: str
) -> None:
    assert server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": cwd}).code == 404
    assert not files_before()


def test_a_folder_that_is_gone_is_named(server: RunningServer) -> None:
    answer = server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": "100% gone"})
    assert answer.code == 404
    assert "100% gone" in error_of(answer)["message"]


def test_a_value_cannot_bring_code_into_the_notebook(server: RunningServer) -> None:
    (server.root / "code").mkdir()
    text = '"\n__import__("os").abort()  # \ud800'
    server.ask("POST", ADDRESS, {"template": "two-arms", "cwd": "code", "parameters": {"who": text}})
    made = nbformat.read(server.root / "code" / "two-arms.ipynb", as_version=4)
    assert made.cells[1].source == f"alpha = 0.05  # kept\nwho = {text!r}"


def test_a_long_request_is_refused(server: RunningServer, files_before: Callable[[], set[Path]]) -> None:
    long = {"template": "two-arms", "parameters": {"alpha": "x" * NotebooksHandler.longest}}
    answer = server.ask("POST", ADDRESS, long)
    assert answer.code == 413
    assert error_of(answer)["kind"] == "RequestEntityTooLarge"
    assert not files_before()


def test_a_browser_needs_the_xsrf_token_besides_its_cookie(
    server: RunningServer, files_before: Callable[[], set[Path]]
) -> None:
    signed_in = server.ask("GET", "/decision-widgets/templates")
    cookie = "; ".join(line.split(";")[0] for line in signed_in.headers.get_list("Set-Cookie"))
    body = {"template": "two-arms"}
    assert server.ask("GET", "/api/me", headers={"Cookie": cookie}, signed_in=False).code == 200
    refused = server.ask("POST", ADDRESS, body, {"Cookie": cookie}, signed_in=False)
    assert refused.code == 403
    assert "XSRF" in error_of(refused)["message"].upper()
    assert not files_before()
    with_token = {"Cookie": f"{cookie}; _xsrf=abc", "X-XSRFToken": "abc"}
    assert server.ask("POST", ADDRESS, body, with_token, signed_in=False).code == 201


class ReadsNothing(Authorizer):
    """Knows everybody and lets nobody do anything."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return False


def test_being_signed_in_is_not_being_allowed(two_templates: Path, tmp_path: Path) -> None:
    with running_server(tmp_path, {"ServerApp": {"authorizer_class": ReadsNothing}}) as server:
        answers = [
            server.ask("GET", "/decision-widgets/templates"),
            server.ask("POST", ADDRESS, {"template": "two-arms"}),
        ]
        assert [answer.code for answer in answers] == [403, 403]
        assert all("contents" in error_of(answer)["message"] for answer in answers)
        assert not list(server.root.iterdir())
