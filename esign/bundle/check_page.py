"""`check.html`: a page that checks a bundle in any browser, offline, and replays handwriting at its true speed."""

from __future__ import annotations

from typing import Final

from esign.bundle.facts import BundleFacts
from esign.bundle.page import page
from esign.bundle.words import ROLES, STATES

_SCRIPTS: Final = ("check_files.js", "check_trail.js", "check_renewed.js", "check_strokes.js", "check_page.js")


def check_page(facts: BundleFacts) -> bytes:
    """Return the page that goes into this bundle: UTF-8, self-contained, with a policy that allows no connection."""
    values = {
        "about": facts.description,
        "roles": ROLES,
        "states": STATES,
        "log_key": facts.log_key,
        "size": facts.size,
        "root": facts.root.hex(),
    }
    return page("check.html", values, styles=("pages.css", "check.css"), scripts=_SCRIPTS)
