"""The two pages of a bundle that tell people how to check it, by name."""

from __future__ import annotations

from collections.abc import Mapping

from esign.bundle.check_page import check_page
from esign.bundle.facts import BundleFacts
from esign.bundle.layout import CHECK_PAGE, README
from esign.bundle.readme import readme_page


def bundle_pages(facts: BundleFacts) -> Mapping[str, bytes]:
    """Return `README.html` and `check.html` of a bundle that holds this."""
    return {README: readme_page(facts), CHECK_PAGE: check_page(facts)}
