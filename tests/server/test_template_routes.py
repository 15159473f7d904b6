"""GET /decision-widgets/templates."""

from __future__ import annotations

import json

import pytest

from tests.server.running_server import RunningServer

pytestmark = pytest.mark.server


def test_lists_every_template_with_its_parameters(server: RunningServer) -> None:
    answer = server.ask("GET", "/decision-widgets/templates")
    assert answer.code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.body) == {
        "templates": [
            {
                "id": "two-arms",
                "title": "Two arms",
                "description": "Compare two arms.",
                "parameters": [{"name": "alpha", "default": 0.05}],
            },
            {"id": "time-slots", "title": "Time slots", "description": "", "parameters": []},
        ]
    }


def test_a_method_that_the_address_does_not_take_is_refused_in_our_shape(server: RunningServer) -> None:
    answer = server.ask("DELETE", "/decision-widgets/templates")
    assert answer.code == 405
    assert json.loads(answer.body)["error"].keys() == {"kind", "message", "hint"}
