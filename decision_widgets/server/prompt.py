"""A kernel connection that sends small messages at once. A server uses it only when it is told to."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Carries messages between a page and a kernel of this server without waiting for more to send together.

    Jupyter's own connection leaves that wait on (Nagle's algorithm, RFC 896), and with it every answer to a slider
    waits for the browser to confirm the message before, about 40 ms. Here each message goes out at once
    (``TCP_NODELAY``), in more and smaller packets; what is sent stays the same. Name it where a server is configured::

        c.ServerApp.kernel_websocket_connection_class = "decision_widgets.server.prompt.PromptConnection"
    """

    def connect(self) -> Any:
        """Switch the wait off, then connect as ever."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
