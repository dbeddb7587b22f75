"""The top of the console, as somebody goes on by it: an entry may stand in a menu."""

from __future__ import annotations

from playwright.sync_api import Page


def go_to(page: Page, label: str) -> None:
    """Go to a section by its entry, opening the menu that it stands in, if there is one."""
    entry = page.locator(".top nav a", has_text=label).first
    menu = page.locator(".top nav details", has=page.locator("a", has_text=label))
    if menu.count() and not entry.is_visible():
        menu.first.locator("summary").click()
    entry.click()
