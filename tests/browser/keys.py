"""An agent at the keyboard: everything a test does to the desk goes through here, and only by keys."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NotSoon

from tests.browser.fixtures import PATIENCE_MS

DESK = ".wh-desk[data-place]"
NODE = ".wh-node"
PANEL = ".wh-panel"


SOON_MS = 4_000


def pick(page: Page, place: Locator, name: str) -> None:
    """Picks an option of a list; a list that closed because the page was drawn anew is opened again."""
    give_up = time.monotonic() + PATIENCE_MS / 1000
    option = page.get_by_role("option", name=name).first
    while True:
        try:
            if not option.is_visible():
                place.click(timeout=SOON_MS)
            option.click(timeout=SOON_MS)
        except NotSoon:
            assert time.monotonic() < give_up, f"{name} never stood in the list"
            page.keyboard.press("Escape")
        else:
            return


@dataclass(frozen=True, slots=True)
class Agent:
    """One signed-in agent's page."""

    page: Page

    def sign_in(self, url: str, username: str, password: str) -> None:
        self.enter_the_door(url, username, password)
        self.page.wait_for_selector(f"{DESK} {PANEL}, {DESK} {NODE}", timeout=PATIENCE_MS)
        self.leave_what_is_open()

    def enter_the_door(self, url: str, username: str, password: str) -> None:
        """Signs in; what comes then is the page of the person's role."""
        self.page.goto(url)
        self.page.wait_for_selector("#username:focus")
        self.page.keyboard.type(username)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")

    def leave_what_is_open(self) -> None:
        """An interview that a failed test left behind is ended by an exit, so that one failure stays one."""
        if self.page.locator(NODE).count():
            self.press("Alt+w")
            self.see("wrong_number")
            self.end()
            self.press("2")
            self.page.wait_for_selector(f'{PANEL} [data-choice^="campaign:"]', timeout=PATIENCE_MS)

    # --- where it stands
    @property
    def place(self) -> str:
        """Place of the node that is shown; `panel` where there is none."""
        return self.page.get_attribute(DESK, "data-place") or ""

    @property
    def interview(self) -> str:
        return self.page.get_attribute(DESK, "data-interview") or ""

    @property
    def turn(self) -> str:
        return self.page.get_attribute(DESK, "data-turn") or ""

    @property
    def text(self) -> str:
        return self.page.inner_text(DESK)

    def see(self, place: str) -> None:
        """Waits for node `place` to be painted."""
        expect(self.page.locator(DESK)).to_have_attribute("data-place", place, timeout=PATIENCE_MS)

    def see_text(self, text: str) -> None:
        expect(self.page.locator(DESK)).to_contain_text(text, timeout=PATIENCE_MS)

    # --- keys
    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def take_case(self, campaign: str) -> str:
        """From the list of campaigns, by its digit; the interview's id."""
        button = self.page.locator(f'{PANEL} [data-choice="campaign:{campaign}"]')
        button.wait_for(timeout=PATIENCE_MS)
        self.press(button.locator("kbd").inner_text())
        self.page.wait_for_selector(NODE, timeout=PATIENCE_MS)
        return self.interview

    def next_case(self) -> str:
        """Enter on the end screen; the new interview's id."""
        before = self.interview
        self.page.wait_for_selector('[data-choice="next"]', timeout=PATIENCE_MS)
        self.press("Enter")
        expect(self.page.locator(DESK)).not_to_have_attribute("data-interview", before, timeout=PATIENCE_MS)
        self.page.wait_for_selector(NODE, timeout=PATIENCE_MS)
        return self.interview

    def delivered(self) -> None:
        """Waits until nothing is on its way any more: no banner but what a supervisor tells."""
        expect(self.page.locator(".wh-banner:not(.wh-told)")).to_have_count(0, timeout=PATIENCE_MS)

    def digit_of(self, value: str, field: str = "") -> str:
        """The key in front of option `value`, as an agent reads it off the page (options may be shuffled)."""
        within = f'[data-field="{field}"] ' if field else ""
        return self.page.locator(f'{within}[data-option="{value}"] kbd').inner_text()

    def choose(self, *values: str, field: str = "") -> None:
        for value in values:
            self.press(*self.digit_of(value, field))

    def go_on(self, to: str | None = None) -> None:
        """Enter; then `to` must be shown (or anything new)."""
        before = self.turn
        self.press("Enter")
        if to is not None:
            self.see(to)
        else:
            expect(self.page.locator(DESK)).not_to_have_attribute("data-turn", before, timeout=PATIENCE_MS)

    def answer(self, value: str, to: str | None = None) -> None:
        """One choice, then Enter."""
        self.choose(value)
        self.go_on(to)

    def enter(self, text: str, to: str | None = None) -> None:
        """One typed answer, then Enter."""
        self.type(text)
        self.go_on(to)

    def follow_up(self, *values: str, field: str, appears: str) -> None:
        """Choices after which another field of the same node is asked."""
        self.choose(*values, field=field)
        self.press("Enter")
        expect(self.page.locator(f'[data-field="{appears}"]')).to_be_visible(timeout=PATIENCE_MS)

    def confirm(self, to: str) -> None:
        """The soft check is right: F9."""
        self.page.wait_for_selector("[data-confirm]", timeout=PATIENCE_MS)
        self.press("F9")
        self.see(to)

    def dialog(self) -> None:
        """Waits for a dialog to be open."""
        self.page.wait_for_selector(".wh-dialog")

    def write(self, keys: str, text: str) -> None:
        """Opens the dialog of `keys`, writes, sends."""
        self.press(keys)
        self.dialog()
        self.type(text)
        self.press("Enter")

    def park(self, why: str) -> None:
        """Lays the interview aside."""
        self.write("Shift+F4", why)
        self.page.wait_for_selector(f'{PANEL} [data-choice="parked"]')

    def end(self) -> None:
        """Enter on the last node."""
        self.press("Enter")
        self.page.wait_for_selector('[data-choice="next"]', timeout=PATIENCE_MS)

    def chosen(self) -> Iterable[str]:
        """Values of the options that are chosen on this screen."""
        chosen = self.page.locator('[data-option][aria-checked="true"]')
        return (option.get_attribute("data-option") or "" for option in chosen.all())

    def complaints(self) -> Iterable[str]:
        return self.page.locator(".wh-complaint:visible").all_inner_texts()
