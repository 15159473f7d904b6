"""A Jupyter server in this process, with our extension and nothing else switched on."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch

from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from traitlets.config import Config

TOKEN = "a-token-for-tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """Where the server is, and a way to ask it something."""

    app: ServerApp
    loop: asyncio.AbstractEventLoop
    url: str
    root: Path

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        signed_in: bool = True,
    ) -> HTTPResponse:
        """Send one request; a body that is not bytes goes as JSON."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        credentials = {"Authorization": f"token {TOKEN}"} if signed_in else {}

        async def fetch() -> HTTPResponse:
            return await AsyncHTTPClient().fetch(
                self.url + path,
                method=method,
                body=content,
                headers={**credentials, **(headers or {})},
                allow_nonstandard_methods=True,
                follow_redirects=False,
                raise_error=False,
            )

        return asyncio.run_coroutine_threadsafe(fetch(), self.loop).result(20)


def _isolated(home: Path) -> dict[str, str]:
    folders = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    return {name: str(home / folder) for name, folder in folders.items()}


def _application(root: Path, settings: Mapping[str, Any]) -> ServerApp:
    config = Config(settings)
    config.NotebookNotary.db_file = ":memory:"
    config.IdentityProvider.token = TOKEN
    config.ServerApp.jpserver_extensions = {"decision_widgets": True}
    app = ServerApp(config=config, root_dir=str(root), allow_root=True, open_browser=False, log_level="CRITICAL")
    # Signal handlers belong to the test runner.
    with patch.object(ServerApp, "init_signal"):
        app.initialize(argv=[], new_httpserver=False)
    return app


@contextmanager
def _loop_of_its_own() -> Iterator[asyncio.AbstractEventLoop]:
    # A thread, because browser tests leave a running loop in the main one.
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def running_server(home: Path, settings: Mapping[str, Any] | None = None) -> Iterator[RunningServer]:
    """Run a server on a free port of this machine; what other packages switch on in this environment stays off."""
    root = home / "root"
    root.mkdir()
    nothing_else = patch("jupyter_core.paths.ENV_CONFIG_PATH", [str(home / "no-config")])
    with patch.dict(os.environ, _isolated(home)), nothing_else, _loop_of_its_own() as loop:

        async def start() -> tuple[ServerApp, HTTPServer, int]:
            app = _application(root, settings or {})
            listening, port = bind_unused_port()
            http = HTTPServer(app.web_app, max_body_size=app.max_body_size, max_buffer_size=app.max_buffer_size)
            http.add_socket(listening)
            return app, http, port

        async def stop() -> None:
            http.stop()
            await http.close_all_connections()
            await app._cleanup()

        app, http, port = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        try:
            yield RunningServer(app=app, loop=loop, url=f"http://127.0.0.1:{port}", root=root)
        finally:
            asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
