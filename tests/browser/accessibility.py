"""What axe (axe-core, in the browser) finds against the rules of WCAG 2.2 AA and its own best practices on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE: Final = Axe()


def violations(page: Page) -> list[str]:
    """Return a line for each rule that the page breaks, with the elements that break it."""
    found: Any = _AXE.run(page).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {[node['html'][:160] for node in rule['nodes']]}" for rule in found]


def accessible(page: Page) -> Callable[[str], None]:
    """Return what looks at every screen of a walk, and lets none pass that breaks a rule."""

    def look(name: str) -> None:
        assert violations(page) == [], name

    return look
