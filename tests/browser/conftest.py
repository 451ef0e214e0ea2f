"""A real browser over a real server: one office per module, one page per person."""

import os
import re

import pytest
from playwright.sync_api import expect, sync_playwright

from admin_views.door.sessions import COOKIE
from deploy.browser import browser as find
from deploy.trial import served

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]

expect.set_options(timeout=15_000)   # a busy machine is slow, not wrong

if os.environ.get("CONSOLE_ALLOW_NO_BROWSER") and find() is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(office):
    """The office's console, served on a free port of this machine."""
    with served(office.app) as where:
        yield where


class Person:
    """Somebody of an office in front of their own browser window, where they came in already."""

    def __init__(self, page, address):
        self.page, self.address, self.faults = page, address, []
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())   # leaving a half-typed form
        self.open("/")
        page.get_by_role("heading", level=1).wait_for()

    def open(self, path):
        return self.page.goto(self.address + path)

    def press(self, name):
        """A button or a link that acts, by the words on it."""
        acts = self.page.locator("main").locator("a, button, summary, label")
        acts.filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).first.click()

    def reads(self, words):
        """Whether these words are on the page, or come with it in a moment."""
        try:
            expect(self.page.locator("main")).to_contain_text(words)
        except AssertionError:
            return False
        return True

    def lacks(self, words):
        """Whether the page that is here now does not say these words."""
        return words not in self.page.locator("main").inner_text()

    def heading(self):
        return self.page.get_by_role("heading", level=1).inner_text()


@pytest.fixture
def sit(chromium, address, office):
    """sit("staff") opens a window for that office; all close with the test. The login is sent without the browser, which
    takes its cookie: test_access.py looks at the form."""
    contexts = []

    def seat(role, which=0, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900},
                                          "locale": "es-MX", **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": office.client(role, which).get_cookie(COOKIE).value, "url": address}])
        return Person(context.new_page(), address)
    yield seat
    for context in contexts:
        context.close()
