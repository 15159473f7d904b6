"""What the server reads for the browser: the experiments of the workspace, designs, saved results."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.made_results import made_result
from tests.server.running_server import RunningServer

pytestmark = pytest.mark.server

DESIGN = "name: eta\nparticipant: rider_id\narm: variant\ncontrol: control\nmetrics: [booked]\n"


@pytest.fixture(autouse=True)
def clean(server: RunningServer) -> Iterator[None]:
    yield
    for path in server.root.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def answer(server: RunningServer, method: str, resource: str, body: Any = None) -> Any:
    said = server.ask(method, f"/decision-widgets/{resource}", body)
    assert said.code == 200, said.body
    return json.loads(said.body)


def test_the_workspace_is_listed(server: RunningServer) -> None:
    assert answer(server, "GET", "experiments") == {"experiments": [], "is_complete": True}
    (server.root / "runs").mkdir()
    (server.root / "runs" / "eta.decision.json").write_text(made_result().to_json())
    (server.root / "runs" / "later.decision.yaml").write_text(DESIGN.replace("eta", "later"))
    found = answer(server, "GET", "experiments")["experiments"]
    assert [(each["name"], each["label"], each["path"]) for each in found] == [
        ("eta", "Ship", "runs/eta.decision.json"),
        ("later", "Planned", "runs/later.decision.yaml"),
    ]


def test_a_link_out_of_the_root_shows_nothing(server: RunningServer) -> None:
    outside = server.root.parent / "elsewhere"
    outside.mkdir()
    (outside / "secret.decision.yaml").write_text(DESIGN)
    (server.root / "link").symlink_to(outside)
    (server.root / "secret.decision.yaml").symlink_to(outside / "secret.decision.yaml")
    assert answer(server, "GET", "experiments")["experiments"] == []


def test_a_design_is_read_to_its_page(server: RunningServer) -> None:
    said = answer(server, "POST", "designs", {"text": DESIGN})
    assert said["problems"] == []
    assert said["design"]["metrics"] == [{"name": "booked"}]
    assert 'aria-label="eta"' in said["html"]
    switchback = answer(server, "POST", "designs", {"text": "design: switchback\ntime: t\nslot: 1h\nmetrics: [y]\n"})
    assert "Switchback design" in switchback["html"]


@pytest.mark.parametrize(
    ("text", "lines", "says"),
    [
        (DESIGN + "contrl: A\n", [6], "Did you mean 'control'?"),
        (DESIGN + "alhpa: 1\nmising: drop\n", [6, 7], "Did you mean 'alpha'?"),
        (DESIGN + "alpha: 5\npower: 7\n", [6, 7], "alpha must be a number between 0 and 0.5; got 5."),
        ("arm: a: b\n", [1], "not valid YAML"),
        ("", [None], "got nothing"),
        ("[" * 3000, [None], "nested too deeply"),
        (
            f"a0: &a0 [x]\n{''.join(f'a{i}: &a{i} [*a{i - 1}, *a{i - 1}]{chr(10)}' for i in range(1, 40))}",
            [None],
            "aliases",
        ),
    ],
)
def test_a_design_that_cannot_be_read_gives_its_problems_with_lines(
    server: RunningServer, text: str, lines: list[int | None], says: str
) -> None:
    said = answer(server, "POST", "designs", {"text": text})
    assert said["html"] is None
    assert [problem["line"] for problem in said["problems"]] == lines
    assert says in said["problems"][0]["message"]


def test_a_saved_result_is_read_to_its_page(server: RunningServer) -> None:
    result = made_result()
    said = answer(server, "POST", "records", {"text": result.to_json()})
    assert said == {"html": result.to_html(), "problems": []}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "dw.decision/1"}', '{"schema": ["dw.decision/1"]}'])
def test_what_is_no_saved_result_says_so(server: RunningServer, text: str) -> None:
    said = answer(server, "POST", "records", {"text": text})
    assert said["html"] is None
    assert said["problems"][0]["message"].startswith("This is not a saved")


def test_a_saved_result_that_was_tampered_with_is_refused_in_words(server: RunningServer) -> None:
    plain = made_result().to_dict()
    plain["decision"]["arm"] = "nobody"
    said = answer(server, "POST", "records", {"text": json.dumps(plain)})
    assert said["html"] is None
    assert said["problems"][0]["message"].startswith("This record does not fit together")


def test_hostile_names_are_text_in_every_page(server: RunningServer) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    quoted = json.dumps(hostile)
    text = f"name: {quoted}\nparticipant: u\narm: v\ncontrol: {quoted}\nmetrics: [{{name: {quoted}}}]\n"
    html = answer(server, "POST", "designs", {"text": text})["html"]
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") >= 3


@pytest.mark.parametrize("resource", ["designs", "records"])
@pytest.mark.parametrize("body", [{}, {"text": 3}, {"text": None}, {"txt": ""}, [], b"{", b""])
def test_a_question_without_text_is_refused(server: RunningServer, resource: str, body: Any) -> None:
    said = server.ask("POST", f"/decision-widgets/{resource}", body)
    assert said.code == 400
    assert json.loads(said.body)["error"]["hint"].startswith("Nothing was written.")
