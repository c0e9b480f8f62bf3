# SPDX-License-Identifier: Apache-2.0
"""The first page, as somebody sees it in Chromium.

Needs SERPENTRY_URL and SERPENTRY_PASSWORD of a running server on this machine, and in CHROMIUM the browser.
ConsoleIT sets them.
"""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect, sync_playwright

URL = os.environ["SERPENTRY_URL"]
ORIGIN = "/".join(URL.split("/")[:3])
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SOON = 10_000
"""Milliseconds in which the page, which asks every second, must show what has happened."""

VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} forbids ${event.blockedURI}`));
"""

OVERFLOWING = """
() => {
  const clips = (element) =>
      element && (getComputedStyle(element).overflowX !== "visible" || clips(element.parentElement));
  const wide = [...document.body.querySelectorAll("*")].filter((element) =>
      element.getBoundingClientRect().right > innerWidth + 0.5 && !clips(element.parentElement));
  return wide.map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 60)}`);
}
"""


class Watch:
    """What the page must not do: complain to the console, break its own policy, or ask another server."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self._complain(message.type, message.text))
        page.on("pageerror", lambda error: self._complain("error", str(error)))
        page.on("request", self._requested)

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def forgive(self, status: int) -> None:
        """Take out the one line that Chromium itself writes when a fetch is answered with that status."""
        line = next(text for text in self.complaints if f"status of {status}" in text)
        self.complaints.remove(line)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        http_credentials={
            "username": "admin",
            "password": os.environ["SERPENTRY_PASSWORD"],
            "origin": ORIGIN,
        },
    )
    context.set_default_timeout(SOON)
    context.add_init_script(VIOLATIONS)
    yield context
    context.close()


@pytest.fixture
def empty_page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def watch(empty_page: Page) -> Iterator[Watch]:
    watch = Watch(empty_page)
    yield watch
    assert watch.complaints == []
    assert empty_page.evaluate("window.violations") == []
    assert watch.requests
    assert [url for url in watch.requests if not url.startswith(f"{ORIGIN}/")] == []


@pytest.fixture
def page(empty_page: Page, watch: Watch) -> Page:
    empty_page.goto(URL)
    expect(empty_page.get_by_text("Live", exact=True)).to_be_visible(timeout=SOON)
    expect(tile(empty_page, "Busy")).to_contain_text("0 of 4", timeout=SOON)
    return empty_page


def workers(page: Page) -> Locator:
    return page.get_by_role("table", name="Workers of pool default").locator("tbody tr")


def tile(page: Page, name: str) -> Locator:
    return (
        page.get_by_role("region", name="Pool default")
        .locator("dl > div")
        .filter(has_text=re.compile(f"^{name}"))
    )


def outcome(page: Page) -> Locator:
    return page.get_by_role("status", name="Outcome of the call")


def pids(page: Page) -> set[int]:
    return {int(text) for text in workers(page).get_by_title("process id").all_inner_texts()}


def is_worker(pid: int) -> bool:
    """Whether this process, which we may be about to kill, is one of ours."""
    return b"serpentry\0zygote" in Path(f"/proc/{pid}/cmdline").read_bytes()


def send(page: Page, function: str, arguments: str) -> None:
    page.get_by_label("Function").fill(function)
    page.get_by_label("Arguments").fill(arguments)
    page.get_by_role("button", name="Call", exact=True).click()


def test_the_pool_is_shown_with_its_numbers_and_its_workers(page: Page) -> None:
    expect(page.get_by_role("heading", name="default")).to_be_visible()
    expect(page.get_by_role("region", name="Pool default")).to_contain_text(
        re.compile(r"2 to 4 workers · forked · fork server \d+")
    )
    expect(page.get_by_role("region", name="Pool default")).to_contain_text("Serving")
    expect(tile(page, "Busy")).to_contain_text("of 4")
    expect(tile(page, "Idle")).to_contain_text(re.compile(r"\d live workers?"))
    expect(tile(page, "Waiting")).to_contain_text("0callers in line")
    expect(tile(page, "Calls")).to_contain_text("in all")
    expect(tile(page, "Failed")).to_be_visible()
    expect(workers(page).nth(1)).to_be_visible()
    for row in workers(page).all():
        assert re.match(r"default-\d+ \d+\s", row.inner_text())
        assert re.search(r"\bIdle\b.*\d MB", row.inner_text(), re.DOTALL)
    assert all(map(is_worker, pids(page)))
    assert len(pids(page)) == workers(page).count()


def test_a_call_is_answered(page: Page) -> None:
    send(page, "hello.greet", '{"name": "Ada"}')

    expect(outcome(page).locator("pre")).to_have_text('"Hello, Ada!"')
    expect(outcome(page)).to_contain_text(re.compile(r"ms on default-\d+ \d+"))


def test_the_form_is_ready_to_greet(page: Page) -> None:
    page.get_by_role("button", name="Call", exact=True).click()

    expect(outcome(page)).to_contain_text("Hello, Ada!")


def test_numbers_keep_their_digits(page: Page) -> None:
    send(page, "probe.add", '{"left": 9007199254740992, "right": 1}')

    expect(outcome(page).locator("pre")).to_have_text("9007199254740993")


def test_a_running_call_is_shown_until_it_ends(page: Page) -> None:
    busy = workers(page).filter(has_text="hello.sleep")
    expect(busy).to_have_count(0)

    send(page, "hello.sleep", '{"seconds": 4}')

    expect(busy).to_have_count(1, timeout=3000)
    expect(busy).to_contain_text("Busy")
    expect(busy).to_contain_text(re.compile(r"[\d.]+ / 120 s"))
    expect(tile(page, "Busy")).to_contain_text("1 of 4")
    expect(outcome(page)).to_contain_text("4.0", timeout=SOON)
    expect(busy).to_have_count(0, timeout=3000)
    expect(tile(page, "Busy")).to_contain_text("0 of 4")


def test_a_killed_worker_is_replaced_by_one_with_another_pid(page: Page) -> None:
    expect(workers(page).nth(1)).to_be_visible()
    before = pids(page)
    # All but one: a pool that has more than its minimum does not replace the first that is lost.
    victims = sorted(before)[:-1]
    assert all(is_worker(victim) for victim in victims)

    for victim in victims:
        os.kill(victim, signal.SIGKILL)

    for victim in victims:
        gone = workers(page).get_by_title("process id").get_by_text(str(victim), exact=True)
        expect(gone).to_have_count(0)
    page.wait_for_function(
        """
        (known) => [...document.querySelectorAll("tbody .pid")].some(
            (pid) => !known.includes(Number(pid.textContent)))
        """,
        arg=sorted(before),
    )
    expect(tile(page, "Failed")).to_contain_text("lost")
    expect(page.get_by_role("region", name="Pool default")).to_contain_text("degraded")


def test_what_python_raises_is_shown_with_its_stack(page: Page, watch: Watch) -> None:
    send(page, "probe.fail", '{"text": "no such claim: 17"}')

    expect(outcome(page)).to_contain_text("Python raised")
    expect(outcome(page)).to_contain_text("ValueError: no such claim: 17")
    stack = outcome(page).locator("pre")
    expect(stack).to_be_visible()
    expect(stack).to_contain_text("Traceback (most recent call last):")
    frames = [r"probe\.py", r"in fail\b", r"_inner\(text\)", r"in _inner\b", r"raise ValueError\(text\)"]
    expect(stack).to_contain_text(re.compile(".*".join(frames), re.DOTALL))
    watch.forgive(422)


def test_a_crash_is_shown_with_the_stacks_of_python(page: Page, watch: Watch) -> None:
    send(page, "probe.crash_natively", "{}")

    expect(outcome(page)).to_contain_text("killed by SIGSEGV")
    expect(outcome(page).locator("pre").first).to_contain_text(
        re.compile(r"Current thread.*probe\.py", re.DOTALL)
    )
    watch.forgive(502)


def test_a_call_over_its_timeout_shows_where_it_was(page: Page, watch: Watch) -> None:
    page.get_by_label("Timeout").fill("0.5")
    send(page, "hello.sleep", '{"seconds": 30}')

    expect(outcome(page)).to_contain_text("deadline of 500 ms")
    expect(outcome(page).locator("pre")).to_contain_text("time.sleep(seconds)")
    watch.forgive(504)


def test_arguments_that_are_no_json_object_are_not_sent(page: Page, watch: Watch) -> None:
    send(page, "hello.greet", "[1]")

    expect(page.get_by_role("alert")).to_have_text("This must be a JSON object: {…}")
    assert not any(url.endswith("/call") for url in watch.requests)


def test_values_are_shown_as_text_and_never_as_markup(page: Page) -> None:
    markup = "<img src=x onerror=alert(1)><b>bold</b>"
    send(page, "probe.echo", f'{{"value": "{markup}"}}')

    expect(outcome(page).locator("pre")).to_have_text(f'"{markup}"')
    expect(outcome(page).locator("img, b")).to_have_count(0)


def test_the_same_call_is_offered_for_a_shell(page: Page) -> None:
    page.get_by_label("Arguments").fill('{"name": "O\'Hara"}')
    page.get_by_text("As curl", exact=True).click()

    expect(page.locator("#call-curl")).to_contain_text(f"{URL}api/v1/call")
    expect(page.locator("#call-curl")).to_contain_text("""{"name": "O'\\''Hara"}""")


def test_a_server_that_is_out_of_reach_is_said_and_found_again(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    context.set_offline(True)

    expect(page.get_by_text("Connection lost, retrying")).to_be_visible()
    expect(workers(page).nth(1)).to_be_visible()

    context.set_offline(False)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in watch.complaints)
    watch.complaints.clear()


@pytest.mark.parametrize("width", [400, 800, 1280])
def test_nothing_overflows(page: Page, watch: Watch, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_text("As curl", exact=True).click()
    send(page, "probe.fail", f'{{"text": "{"long " * 30}{"x" * 300}"}}')
    expect(outcome(page).locator("pre")).to_be_visible()
    watch.forgive(422)
    assert page.evaluate(OVERFLOWING) == []

    send(page, "hello.sleep", '{"seconds": 2.5}')
    expect(workers(page).filter(has_text="hello.sleep")).to_be_visible()
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(outcome(page)).to_contain_text("2.5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    text, ground = page.evaluate(
        "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))"
    )

    assert contrast(text, ground) >= 7


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2 between two colours that are written rgb(r, g, b)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_description_of_rest_is_shown(empty_page: Page, watch: Watch) -> None:
    empty_page.goto(f"{URL.rstrip('/')}/api-docs/")
    expect(empty_page.get_by_text("Call a Python function")).to_be_visible(timeout=SOON)
    empty_page.get_by_text("Call a Python function").click()
    expect(empty_page.get_by_role("button", name="Try it out")).to_be_visible(timeout=SOON)
