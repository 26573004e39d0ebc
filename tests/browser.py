"""A real browser for the tests of the page: the system's Chromium, headless, without a network."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
REASON = "needs Chromium and chromedriver; on Debian or Ubuntu: apt install chromium chromium-driver"


@pytest.fixture(scope="session")
def chrome() -> "Iterator[Chrome]":
    """One browser for all tests of a process."""
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    if CHROMIUM is None or DRIVER is None:
        pytest.skip(REASON)
    options = Options()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(20)
    yield driver
    driver.quit()


class Open:
    """A page that is open in the browser."""

    def __init__(self, chrome: "Chrome", path: Path, fragment: str = "", width: int = 1400, dark: bool = False,
                 height: int = 900) -> None:
        self.chrome = chrome
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        chrome.get("about:blank")
        chrome.get_log("browser")  # type: ignore[no-untyped-call]  # what earlier pages left
        chrome.get(path.as_uri() + fragment)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.chrome.execute_script(script, *arguments)

    def text(self, id: str) -> str:
        found: str = self.run("return document.getElementById(arguments[0]).textContent", id)
        return found

    def later(self, id: str) -> str:
        """The text once a screen reader is told, which waits until it stands still."""
        found: str = self.chrome.execute_async_script(
            "const [id, done] = arguments; setTimeout(() => done(document.getElementById(id).textContent), 400)", id)
        return found

    def address(self) -> str:
        """What stands after the page's name, once the page has written it, which it does at most every 0.4 s."""
        found: str = self.chrome.execute_async_script("const [done] = arguments; setTimeout(() => done(location.hash), 500)")
        return found

    def set(self, id: str, value: str) -> None:
        """Type a value into a field, and leave it."""
        self.run("const e = document.getElementById(arguments[0]); e.value = arguments[1];"
                 "for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind, {bubbles: true}));", id, value)

    def click(self, id: str) -> None:
        self.run("document.getElementById(arguments[0]).click()", id)

    def press(self, key: str) -> None:
        self.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}))", key)

    def problems(self) -> list[str]:
        """What the console complains of, and what was asked from anywhere."""
        log = self.chrome.get_log("browser")  # type: ignore[no-untyped-call]  # selenium has no types here
        asked: list[str] = self.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        return [entry["message"] for entry in log if entry["level"] in ("SEVERE", "WARNING")] + asked
