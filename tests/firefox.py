"""A second browser for the tests of the page: Firefox, headless, driven through its own WebDriver BiDi port."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO, Any

import pytest
from browser import Open
from websocket import WebSocket, WebSocketTimeoutException, create_connection

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
_SECONDS = 60
_SAYS = "WebDriver BiDi listening on "
_EVENTS = ["log.entryAdded", "network.beforeRequestSent"]


class Firefox:
    """A running Firefox with one tab; it keeps what the console says and what is asked for."""

    def __init__(self, profile: Path) -> None:
        assert FIREFOX, "this file is left out where there is no Firefox"
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        self.socket: WebSocket = create_connection(f"{_find_address(self.process.stderr)}/session", timeout=_SECONDS, suppress_origin=True)
        self.numbers = count(1)
        self.events: list[dict[str, Any]] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=_EVENTS)
        self.tab: str = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **parameters: Any) -> Any:
        """What Firefox answers to a command; events that come before are kept."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self.socket.recv())
            if told.get("id") == number:
                assert told["type"] == "success", told
                return told["result"]
            self.events.append(told)

    def wait_for_events(self) -> None:
        """Keep what has arrived and was not read yet."""
        self.socket.settimeout(0.2)
        try:
            while True:
                self.events.append(json.loads(self.socket.recv()))
        except WebSocketTimeoutException:
            self.socket.settimeout(_SECONDS)

    def close(self) -> None:
        self.send("browser.close")
        self.socket.close()
        self.process.wait(_SECONDS)
        assert self.process.stderr
        self.process.stderr.close()


def _find_address(said: IO[str]) -> str:
    line = next((line for line in said if line.startswith(_SAYS)), "")
    assert line, "Firefox ended without a port"
    return line.removeprefix(_SAYS).strip()


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    found = Firefox(tmp_path_factory.mktemp("firefox"))
    yield found
    found.close()


class OpenInFirefox(Open):
    """A page that is open in Firefox, with the words of one that is open in Chromium."""

    def __init__(self, firefox: Firefox, path: Path, width: int = 1400, height: int = 900) -> None:
        self.firefox = firefox
        firefox.send("browsingContext.setViewport", context=firefox.tab, viewport={"width": width, "height": height})
        firefox.send("browsingContext.navigate", context=firefox.tab, url="about:blank", wait="complete")
        firefox.wait_for_events()
        firefox.events.clear()
        firefox.send("browsingContext.navigate", context=firefox.tab, url=path.as_uri(), wait="complete")

    def run(self, script: str, *arguments: Any) -> Any:
        body = f"(given) => JSON.stringify((function () {{ {script} }}).apply(null, JSON.parse(given)) ?? null)"
        answer = self.firefox.send(
            "script.callFunction", functionDeclaration=body, target={"context": self.firefox.tab}, awaitPromise=False,
            arguments=[{"type": "string", "value": json.dumps(arguments)}])
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def problems(self) -> list[str]:
        """What the console complains of, and what was asked from anywhere; Firefox asks itself for a font as ``data:``."""
        self.firefox.wait_for_events()
        found = []
        for event in self.firefox.events:
            told = event["params"]
            if event["method"] == "log.entryAdded" and told["level"] in ("warn", "error"):
                found.append(str(told["text"]))
            if event["method"] == "network.beforeRequestSent" and told["request"]["url"].partition(":")[0] not in ("file", "data"):
                found.append(str(told["request"]["url"]))
        return found
