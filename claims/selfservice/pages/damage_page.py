"""Which parts are damaged: chosen by the customer of a small claim, by area, without a price."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request
from werkzeug.wrappers import Response

from claims.errors import ClaimRefused
from claims.pictures.slots import CLOSE_UP, WHOLE_CAR
from claims.pictures.store import Pictures
from claims.selfservice.assessing import Assessing, catalogue_of
from claims.selfservice.damage import AREAS, DEGREES, Degree, choices, read_damage
from claims.selfservice.pages.saying import is_claim, said_of, text
from claims.selfservice.standing import Stage, stage_of
from claims.service.office import Office
from esign.public.pages import LinkedPages, Visitor


class DamagePage:
    """Shows and takes the choice."""

    def __init__(self, pages: LinkedPages, office: Office) -> None:
        self._pages = pages
        self._office = office
        self._assessing = Assessing(office)
        self._pictures = Pictures(office)

    def declare(self) -> None:
        """Declare it."""

        @self._pages.page("/damage")
        def claims_damage(visitor: Visitor) -> Response:
            return self._show(visitor, {}) if self._wanted(visitor) else redirect(f"/r/claims/{visitor.link}", 303)

        @self._pages.form("/damage")
        def claims_assess(visitor: Visitor) -> Response:
            if not self._wanted(visitor):
                return redirect(f"/r/claims/{visitor.link}", 303)
            damage = read_damage(request.form)
            try:
                self._assessing.assess(visitor.subject, damage)
            except ClaimRefused as refused:
                return self._show(visitor, damage, 422, said_of(refused))
            return redirect(f"/r/claims/{visitor.link}", 303)

    def _wanted(self, visitor: Visitor) -> bool:
        if not is_claim(visitor) or not self._pages.knows(visitor):
            return False
        with self._office.house.database.reading() as session:
            return stage_of(self._office.get(session, visitor.subject)) is Stage.DAMAGE

    def _show(
        self, visitor: Visitor, chosen: Mapping[str, Degree], status: int = 200, said: str | None = None
    ) -> Response:
        with self._office.house.database.reading() as session:
            catalogue = catalogue_of(self._office.get(session, visitor.subject))
            kept = self._pictures.newest(session, visitor.subject)
        return self._pages.show(
            "phone_damage.html",
            visitor,
            status,
            areas=AREAS,
            choices=choices(catalogue),
            degrees=DEGREES,
            chosen=chosen,
            pictures=[kept[slot.code] for slot in (CLOSE_UP, WHOLE_CAR) if slot.code in kept],
            said=said,
            text=text,
        )
