"""A person opens the template from the launcher, runs it, and reads the verdict."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import isolated
from tests.browser.notebooks import write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser


def test_the_template_runs_to_its_verdict(
    lab: Lab, page: Page, shot: Callable[[Page, str], Path], theme: Callable[[Page, str], None]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1000})
    lab.open_launcher(page)
    lab.create_from_template(page, "Between-subject")
    lab.run_all_cells(page)
    verdict = page.locator('[data-card="verdict"]:visible')
    verdict.wait_for()
    assert "Ship opt_out" in verdict.inner_text()
    metrics = page.locator('[data-card="metrics"]:visible')
    assert "+26%" in metrics.inner_text()
    verdict.scroll_into_view_if_needed()
    shot(page, "template-light")
    metrics.get_by_role("radio", name="Absolute").focus()
    page.keyboard.press("Space")
    assert "+10.6" in metrics.inner_text()
    theme(page, "dark")
    verdict.scroll_into_view_if_needed()
    shot(page, "template-dark")
    page.get_by_text("Verdict: ship").wait_for()
    assert sorted(path.suffix for path in lab.root.glob("decision.*")) == [".html", ".json"]


def wait_until_it_answers(address: str) -> None:
    """Wait for a server that prints its address before it listens."""
    parts = urlsplit(address)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1):
            return
        time.sleep(0.2)
    pytest.fail(f"Nothing listens at {address}", pytrace=False)


def test_the_command_ends_in_jupyterlab_open_on_the_result(page: Page, tmp_path: Path) -> None:
    environment = isolated(tmp_path / "home") | {"BROWSER": "true"}
    command = [sys.executable, "-m", "decision_widgets", "run", "-o", str(tmp_path / "out")]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env=environment, start_new_session=True, **pipes) as running:
        try:
            found = (re.search(r"http://127\.0\.0\.1:\d+/lab/tree\S+", line) for line in running.stdout or ())
            address = next(filter(None, found))[0]
            wait_until_it_answers(address)
            page.goto(address)
            page.locator(".jp-Notebook .jp-RenderedMarkdown p", has_text="Should the change be shipped?").wait_for()
        finally:
            os.killpg(running.pid, signal.SIGTERM)


def test_a_wrong_key_in_a_cell_is_one_line_without_traceback(lab: Lab, page: Page) -> None:
    setup = "%load_ext decision_widgets\nimport decision_widgets as dw\ndf = dw.examples.ride_hailing(riders=200)"
    wrong = "%%decision analyze --data df\nparticipant: rider_id\narm: variant\ncontrl: control\nmetrics: [booked]"
    write_notebook(lab.root / "magic.ipynb", setup, wrong)
    lab.open_notebook(page, "magic.ipynb")
    lab.run_all_cells(page)
    error = page.get_by_text("unknown key 'contrl'")
    error.wait_for()
    assert "Line 4" in error.inner_text()
    assert "Did you mean 'control'?" in error.inner_text()
    assert page.get_by_text("Traceback").count() == 0
