"""The page as it will be signed: its picture, cut out around the field, and the handwriting over it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from esign.ceremony.quarantined import FieldOnPage, find_field
from esign.ceremony.quarantined.page_readings import PARTS
from esign.errors import EsignError
from esign.infra.logs import log_for
from esign.service import Service
from esign.web.scene import Scene

KNOWN_AT_MOST: Final = 2_000
_BESIDE: Final = 1_400
_ABOVE: Final = 500
"""How much of the page is shown around the field, in parts of its width and height."""
_log = log_for(__name__)


@dataclass(frozen=True)
class SignedPage:
    """The picture of the page, and in its pixels the part that is shown and the field: left, top, width, height."""

    page: int
    width: int
    height: int
    shown: tuple[int, int, int, int]
    field: tuple[int, int, int, int]


class SignedPages:
    """Finds where a recipient's field is; a place that was found is remembered. Safe to share between threads."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._guard = threading.Lock()
        self._known: dict[tuple[str, str], FieldOnPage | None] = {}

    def of(self, scene: Scene) -> SignedPage | None:
        """Return the page that the recipient signs, None where its field cannot be shown: then only the ink is."""
        try:
            place = self._place(scene, scene.at.recipient.plan.field)
            shown = None if place is None else self._service.ceremony.page(scene.token, place.page, scene.revision)
            signed = list(self._signed_before(scene))
        except EsignError as error:
            _log.failed("the page to be signed is not shown", error, recipient=scene.recipient)
            return None
        if place is None or shown is None:
            return None
        # What others signed on the same page before is shown along, as on paper.
        places = [place, *(one for one in signed if one.page == place.page)]
        left = max(0, min(one.left for one in places) - _BESIDE)
        top = max(0, min(one.top for one in places) - _ABOVE)
        right = min(PARTS, max(one.left + one.width for one in places) + _BESIDE)
        bottom = min(PARTS, max(one.top + one.height for one in places) + _ABOVE)

        def across(part: int) -> int:
            return round(part * shown.width / PARTS)

        def down(part: int) -> int:
            return round(part * shown.height / PARTS)

        box = (across(place.left), down(place.top), across(place.width), down(place.height))
        part = (across(left), down(top), across(right - left), down(bottom - top))
        return SignedPage(place.page, shown.width, shown.height, part, box)

    def _signed_before(self, scene: Scene) -> Iterator[FieldOnPage]:
        """Yield where others have signed the same document."""
        own = scene.at.recipient.plan
        for other in scene.at.envelope.recipients:
            if other.signature is not None and other.plan.document == own.document and other.id != own.id:
                found = self._place(scene, other.plan.field)
                if found is not None:
                    yield found

    def _place(self, scene: Scene, field: str | None) -> FieldOnPage | None:
        plan = scene.at.envelope.document(scene.at.recipient.plan.document).plan
        if field is None:
            return None
        key = (plan.prepared, field)
        with self._guard:
            if key in self._known:
                return self._known[key]
        found = find_field(self._service.ports.quarantine, self._service.ceremony.document(scene.token), field)
        with self._guard:
            if len(self._known) >= KNOWN_AT_MOST:
                self._known.clear()
            self._known[key] = found
        return found
