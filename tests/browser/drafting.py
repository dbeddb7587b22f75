"""A salesperson who types a new proposal into the short screens, as a person does."""

from __future__ import annotations

from collections.abc import Mapping

from demo.phones import Phone


def fill(one: Phone, typed: Mapping[str, str]) -> None:
    """Type what a screen asks for: texts, choices, ticks."""
    for name, text in typed.items():
        field = one.page.locator(f"[name='{name}']")
        kind = field.first.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind == "select":
            field.select_option(text)
        elif kind in {"radio", "checkbox"}:
            one.page.locator(f"[name='{name}'][value='{text}']").check()
        else:
            field.fill(text)


def go_on(one: Phone) -> None:
    """Press what leads to the next screen, or tells what is wrong with this one."""
    one.page.locator("main form .btn[value=next]").click()
    one.page.wait_for_load_state()


def write(one: Phone, screens: Mapping[str, Mapping[str, str]]) -> None:
    """Fill in screen after screen, from the first to the one before the last."""
    for step, typed in screens.items():
        one.page.wait_for_url(f"**/{step}*")
        fill(one, typed)
        go_on(one)
    one.page.wait_for_url("**/check*")
