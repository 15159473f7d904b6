"""How a script in the page knows that a change is painted."""

from __future__ import annotations

from typing import Final

# The next frame, and the first task after it.
PAINTED: Final = """
    const frame = () => new Promise(requestAnimationFrame);
    const painted = async () => {
        await frame();
        await new Promise((done) => {
            const channel = new MessageChannel();
            channel.port1.onmessage = done;
            channel.port2.postMessage(0);
        });
    };
"""
