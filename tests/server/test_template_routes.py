"""GET /decision-widgets/templates."""

from __future__ import annotations

import json
from typing import Any

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
                "parameters": [
                    {
                        "name": "alpha",
                        "default": 0.05,
                        "type": "number",
                        "help": "kept",
                        "choices": [],
                        "is_optional": False,
                        "text": "0.05",
                    },
                    {
                        "name": "who",
                        "default": "me",
                        "type": "text",
                        "help": "",
                        "choices": [],
                        "is_optional": False,
                        "text": "me",
                    },
                ],
                "sections": [],
                "problem": None,
            },
            {
                "id": "time-slots",
                "title": "Time slots",
                "description": "",
                "parameters": [],
                "sections": [],
                "problem": None,
            },
        ]
    }


def test_a_method_that_the_address_does_not_take_is_refused_in_our_shape(server: RunningServer) -> None:
    answer = server.ask("DELETE", "/decision-widgets/templates")
    assert answer.code == 405
    assert json.loads(answer.body)["error"].keys() == {"kind", "message", "hint"}


def test_typed_answers_are_checked_and_nothing_is_written(server: RunningServer) -> None:
    def checked(answers: dict[str, str]) -> Any:
        answer = server.ask("POST", "/decision-widgets/templates", {"template": "two-arms", "answers": answers})
        assert answer.code == 200
        return json.loads(answer.body)

    assert checked({"alpha": "5%"}) == {"values": {"alpha": 0.05}, "problems": {}}
    wrong = "alpha must be a number, for example 0.02 or 2%; got 2x%."
    assert checked({"alpha": "2x%"}) == {"values": {}, "problems": {"alpha": wrong}}
    assert list(checked({"alhpa": "1"})["problems"]) == ["alhpa"]
    assert not list(server.root.iterdir())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"template": "two-arm", "answers": {}}, "Did you mean 'two-arms'?"),
        ({"template": "two-arms", "answers": {"alpha": 1}}, "'answers' must be"),
        ({"template": None}, "'template' must be text"),
        (b"{", "not JSON"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(server: RunningServer, body: Any, expected: str) -> None:
    answer = server.ask("POST", "/decision-widgets/templates", body)
    assert answer.code == 400
    assert expected in json.loads(answer.body)["error"]["message"]
