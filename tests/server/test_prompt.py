"""The connection that sends small messages at once: off unless named, and then every message goes out alone."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from decision_widgets.server.prompt import PromptConnection
from tests.server.running_server import TOKEN, RunningServer, running_server

pytestmark = pytest.mark.server

opened: list[Any] = []


class WatchedUsual(ZMQChannelsWebsocketConnection):
    """What a server uses that was told nothing."""

    def connect(self) -> Any:
        opened.append(self)
        return super().connect()


class WatchedPrompt(PromptConnection):
    """What is tested."""

    def connect(self) -> Any:
        opened.append(self)
        return super().connect()


@contextmanager
def kernel_of(server: RunningServer) -> Iterator[str]:
    answer = server.ask("POST", "/api/kernels", {"name": "python3"})
    assert answer.code == 201
    kernel = json.loads(answer.body)["id"]
    try:
        yield kernel
    finally:
        server.ask("DELETE", f"/api/kernels/{kernel}")


def kernel_info(server: RunningServer, kernel: str) -> tuple[str, int]:
    """Ask a kernel who it is; return its answer and the server's TCP_NODELAY."""
    header = {
        "msg_id": uuid4().hex,
        "msg_type": "kernel_info_request",
        "username": "",
        "session": "s",
        "version": "5.3",
    }
    asked = {"header": header, "parent_header": {}, "metadata": {}, "content": {}, "channel": "shell"}

    async def converse() -> tuple[str, int]:
        where = f"ws{server.url.removeprefix('http')}/api/kernels/{kernel}/channels?session_id=s"
        page = await websocket_connect(HTTPRequest(where, headers={"Authorization": f"token {TOKEN}"}))
        await page.write_message(json.dumps(asked))
        while True:
            said = json.loads(await page.read_message() or "null")
            if said["msg_type"] == "kernel_info_reply" and said["parent_header"]["msg_id"] == header["msg_id"]:
                stream = opened[-1].websocket_handler.ws_connection.stream
                option = stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                page.close()
                return said["content"]["status"], option

    return asyncio.run_coroutine_threadsafe(converse(), server.loop).result(60)


@pytest.mark.parametrize(("connection", "at_once"), [(WatchedUsual, False), (WatchedPrompt, True)])
def test_messages_go_out_at_once_only_with_the_prompt_connection(
    connection: type[Any], at_once: bool, tmp_path: Path
) -> None:
    with (
        running_server(tmp_path, {"ServerApp": {"kernel_websocket_connection_class": connection}}) as server,
        kernel_of(server) as kernel,
    ):
        status, option = kernel_info(server, kernel)
    assert status == "ok"
    assert bool(option) is at_once


def test_a_server_uses_it_only_when_it_is_named(server: RunningServer, tmp_path: Path) -> None:
    assert server.app.kernel_websocket_connection_class is ZMQChannelsWebsocketConnection
    named = {"ServerApp": {"kernel_websocket_connection_class": "decision_widgets.server.prompt.PromptConnection"}}
    with running_server(tmp_path, named) as told:
        assert told.app.web_app.settings["kernel_websocket_connection_class"] is PromptConnection
