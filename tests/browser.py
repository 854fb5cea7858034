"""A headless Chromium, spoken to in its DevTools protocol: what a person sees, types and clicks.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import subprocess
from base64 import b64decode
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import websockets

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LACKING: Final = "there is no Chromium in PATH"
SECONDS: Final = 20.0


class Browser:
    """One window of one browser, with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._n = 0
        self.said: list[str] = []
        """What the page's scripts and the browser complained of."""

    async def __aenter__(self) -> Self:
        assert CHROMIUM is not None, LACKING
        flags = "--headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --remote-debugging-port=0"
        quiet = "--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage"
        self._process = subprocess.Popen(
            [CHROMIUM, *flags.split(), *quiet.split(), f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert self._process.stderr is not None
        async with asyncio.timeout(SECONDS):
            while not (found := re.search(rb"ws://\S+", await asyncio.to_thread(self._process.stderr.readline))):
                assert self._process.poll() is None, "Chromium ended"
        self._socket = await websockets.connect(found[0].decode(), max_size=None, proxy=None)
        self._session: str | None = None
        target = next(t for t in (await self.call("Target.getTargets"))["targetInfos"] if t["type"] == "page")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._socket.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._process.wait, 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        """One command and its answer; AssertionError for an error."""
        self._n += 1
        message = {"id": self._n, "method": method, "params": given}
        if self._session is not None:
            message["sessionId"] = self._session
        await self._socket.send(json.dumps(message))
        async with asyncio.timeout(SECONDS):
            while True:
                said = json.loads(await self._socket.recv())
                if said.get("id") == self._n:
                    assert "error" not in said, (method, said["error"])
                    answer: dict[str, Any] = said["result"]
                    return answer
                self._hear(said)

    def _hear(self, said: dict[str, Any]) -> None:
        match said.get("method"):
            case "Log.entryAdded":
                self.said.append(said["params"]["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.said.append(str(said["params"]["exceptionDetails"]))

    async def run(self, script: str) -> Any:
        """What an expression of JavaScript gives, a promise awaited."""
        done = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    async def until(self, script: str, seconds: float = SECONDS) -> None:
        """Until an expression is true; a page that is on its way answers nothing yet."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    if await self.run(script):
                        return
                except AssertionError:
                    pass
                await asyncio.sleep(0.05)

    async def open(self, url: str) -> None:
        """Go to a page and wait for it."""
        await self.run("void (window.left = true)")
        await self.call("Page.navigate", url=url)
        await self.until("!window.left && document.readyState === 'complete'")

    async def type(self, selector: str, text: str) -> None:
        """Click into a field and type."""
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.call("Input.insertText", text=text)

    async def click(self, selector: str) -> None:
        """Press the mouse on the middle of an element."""
        find = f"document.querySelector({json.dumps(selector)})"
        await self.run(f"{find}.scrollIntoView({{block: 'center'}})")
        box = await self.run(
            f"(() => {{ const b = {find}.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] }})()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    async def key(self, key: str) -> None:
        """Press a key."""
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        code = {"Enter": 13, "Tab": 9}.get(key, 0)
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    async def look(self, *, dark: bool = False, width: int = 1280, height: int = 860, scale: float = 1) -> None:
        """Take the size and the colours of a device."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, to: Path) -> None:
        """A screenshot of the window."""
        shot = await self.call("Page.captureScreenshot", format="png")
        to.write_bytes(b64decode(shot["data"]))
