"""A real JupyterLab and a real Chromium for the whole run; a fresh signed-in page for each test."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from jupyter_core.paths import jupyter_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOKEN = "a-token-for-browser-tests"
SHOTS = Path(__file__).parent / "shots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
KERNEL_IS_IDLE = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A running JupyterLab: its address and the folder that it shows."""

    url: str
    root: Path

    def api(self, method: str, path: str) -> Any:
        """Ask the server itself, past the browser."""
        headers = {"Authorization": f"token {TOKEN}"}
        asked = urllib.request.Request(f"{self.url}{path}", method=method, headers=headers)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def open_launcher(self, page: Page) -> None:
        """Show the launcher in an otherwise empty workspace."""
        page.goto(f"{self.url}/lab?reset")
        page.locator(".jp-Launcher").wait_for()

    def open_notebook(self, page: Page, name: str, app: str = "lab/tree") -> None:
        """Show a notebook of the root folder, in Lab or in Notebook 7 (``notebooks``), and wait for its kernel."""
        # Without the reset JupyterLab shows what an earlier test left open.
        page.goto(f"{self.url}/{app}/{name}" + ("?reset" if app == "lab/tree" else ""))
        self.wait_for_kernel(page)

    def create_from_template(self, page: Page, title: str, answers: dict[str, str] | None = None) -> None:
        """Press a launcher tile, fill in its dialog, and wait for the notebook's kernel."""
        page.locator('.jp-LauncherCard[data-category="Experiment decisions"]', has_text=title).click()
        dialog = page.get_by_role("dialog")
        for label, answer in (answers or {}).items():
            dialog.get_by_label(label, exact=True).fill(answer)
        dialog.get_by_role("button", name="Create notebook").click()
        page.locator(".jp-Notebook").wait_for()
        self.wait_for_kernel(page)

    def wait_for_kernel(self, page: Page) -> None:
        """Wait until the shown notebook can run; cells sent earlier are lost with the starting kernel."""
        page.wait_for_function(KERNEL_IS_IDLE)

    def run(self, page: Page, command: str, args: dict[str, Any] | None = None) -> None:
        """Run a command of JupyterLab to its end."""
        script = "async ([command, args]) => { await window.jupyterapp.commands.execute(command, args); }"
        page.evaluate(script, [command, args or {}])

    def run_all_cells(self, page: Page) -> None:
        """Run the shown notebook from its first cell to its last."""
        self.run(page, "notebook:run-all-cells")

    def save(self, page: Page) -> None:
        """Save the shown notebook, which also signs the outputs that it made itself."""
        self.run(page, "docmanager:save")

    def stop_kernels(self) -> None:
        """End every kernel and its session, so that no widget model is left anywhere."""
        for session in self.api("GET", "/api/sessions"):
            self.api("DELETE", f"/api/sessions/{session['id']}")


def find_chromium() -> str | None:
    """Find the Chromium of this machine, or else the one that Playwright brought."""
    from playwright.sync_api import sync_playwright

    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return on_path
    with sync_playwright() as playwright:
        return shutil.which(playwright.chromium.executable_path)


@cache
def what_is_missing() -> str | None:
    """Say what to install before these tests can run, if anything."""
    if find_spec("playwright") is None:
        return "Playwright: pip install playwright"
    if find_chromium() is None:
        return "Chromium: apt-get install chromium, or playwright install chromium"
    return None


def pytest_runtest_setup() -> None:
    """Skip on a machine without a browser, all tests with one line; fail where these tests are owed."""
    if missing := what_is_missing():
        reason = f"The browser tests need {missing}"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    installed = [Path(folder, "labextensions", "decision-widgets", "package.json") for folder in jupyter_path()]
    if not any(path.exists() for path in installed):
        pytest.fail("The lab extension is not installed here: run pip install -e . first.", pytrace=False)
    home = tmp_path_factory.mktemp("jupyter")
    root = home / "root"
    root.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Lab(url=f"http://127.0.0.1:{port}", root=root)
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command(port, root), env=isolated(home), stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until_up(running, server, home / "log")
            yield running
        finally:
            server.terminate()
            server.wait(20)


def command(port: int, root: Path) -> list[str]:
    """Start JupyterLab with its token and XSRF protection as users have them."""
    return [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={TOKEN}"),
        *("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"),
        "--LabApp.extension_manager=readonly",
    ]


def isolated(home: Path) -> dict[str, str]:
    """Give an environment in which nothing of the person who runs the tests is read or written."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    settings = home / "settings"
    quiet = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    return inherited | {
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }


def wait_until_up(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the first answer, or show the log of a server that never came up."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            lab.api("GET", "/api/status")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


def is_outside(url: str) -> bool:
    """Tell whether an address is off this machine; data and blob addresses are in the page itself."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1"


@pytest.fixture
def page(browser: Browser, lab: Lab) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    outside: list[str] = []
    context.on("request", lambda request: outside.append(request.url) if is_outside(request.url) else None)
    context.request.get(f"{lab.url}/api/me?token={TOKEN}")
    opened = context.new_page()
    opened.on("websocket", lambda socket: outside.append(socket.url) if is_outside(socket.url) else None)
    opened.set_default_timeout(30_000)
    yield opened
    context.close()
    lab.stop_kernels()
    assert not outside, f"The page asked for things off this machine: {outside}"


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], Path]:
    """Keep a picture of the page, for people to look at."""

    def keep(page: Page, name: str) -> Path:
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=path)
        return path

    return keep


@pytest.fixture
def theme(lab: Lab) -> Iterator[Callable[[Page, str], None]]:
    """Switch JupyterLab to ``"dark"`` or ``"light"``; the next test finds it light again."""
    names = {"dark": "JupyterLab Dark", "light": "JupyterLab Light"}
    kept = lab.root.parent / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"

    def switch(page: Page, shade: str) -> None:
        lab.run(page, "apputils:change-theme", {"theme": names[shade]})
        is_light = "light => document.body.dataset.jpThemeLight === light"
        page.wait_for_function(is_light, arg=str(shade == "light").lower())
        page.locator("#jupyterlab-splash").wait_for(state="detached")

    yield switch
    kept.unlink(missing_ok=True)
