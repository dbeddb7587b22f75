"""Pictures of the pages on which claims are handled and surveyed; `make screens` has them taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from claims.domain import commands as c
from claims.pictures.store import Pictures
from demo.cars import photo
from demo.phones import Phone
from tests.browser.camera import Camera
from tests.browser.claims_site import ClaimsSite, claims_site
from tests.service import system_now
from tests.unit.claims.claims_office import DESK, HANDLER, LEAD, SURVEYOR

Look = Callable[..., None]
HERE = "/console/claims"


@contextmanager
def claims_desk_site(folder: Path) -> Iterator[ClaimsSite]:
    """Serve claims in the states that show most: to be settled, blocked, disputed, refused, waiting for money."""
    with claims_site(folder, sow=False) as site:
        sow_desk(site)
        yield site


def sow_desk(site: ClaimsSite) -> None:
    """Report losses, and bring each to where its page has something to say."""
    claims, known, handler = site.office.claims, site.known, site.office.id_of(HANDLER)

    def report(name: str, **changes: object) -> str:
        known[name] = site.office.report(**changes)
        claims.advance(known[name])
        claims.give(known[name], lambda _state: c.Take(at=system_now(), by=handler))
        return known[name]

    other = {"cause": "collision", "third_party": True, "other_plate": "栖C88A21"}
    survey = report("survey", estimate="26000.00", **other)
    surveyor = site.office.id_of(SURVEYOR)
    task = claims.state(survey).survey
    assert task is not None
    claims.give(survey, lambda _state: c.TakeSurvey(at=system_now(), survey=task.id, by=surveyor))
    assess = report("assess", cause="rear-end", estimate="3200.00")
    for number, (slot, more) in enumerate((("whole-car", {}), ("plate", {}), ("close-up", {"software": "Photoshop"}))):
        Pictures(claims.office).take(assess, slot, photo(40 + number, **more), actor="tests")
    claims.survey(assess)
    settle = report("settle", estimate="26000.00", injured=True)
    claims.survey(settle).assess(settle, (("front-left-door", 6), ("bonnet", 4)), injury=120000).advance(settle)
    assessment = claims.state(settle).assessment
    assert assessment is not None
    lead = site.office.id_of(LEAD)
    claims.give(settle, lambda _state: c.Verify(at=system_now(), assessment=assessment.id, passed=True, by=lead))
    verify = report("verify", estimate="8600.00", **other)
    claims.survey(verify).assess(verify, (("front-left-door", 1), ("paint-panel", 2)), injury=5000).advance(verify)
    disputed = report("disputed")
    claims.survey(disputed).assess(disputed).advance(disputed)
    claims.give(disputed, lambda _state: c.Dispute(at=system_now(), dispute="dsp_1", reason="parts-too-cheap"))
    claims.give(disputed, lambda _state: c.PassDispute(at=system_now(), dispute="dsp_1"))
    blocked = site.office.report()
    claims.give(blocked, lambda _state: c.SendToPeople(at=system_now(), step="report")).advance(blocked)
    known["blocked"] = blocked
    paid = report("paid")
    claims.survey(paid).assess(paid).advance(paid).agree(paid).payee(paid).advance(paid)


@dataclass
class ClaimsDeskAlbum:
    """The pages in one language at one width."""

    site: ClaimsSite
    camera: Camera

    def take(self) -> None:
        known = self.site.known
        self._visit(
            HANDLER,
            {
                "list": "?show=all",
                "claim": f"/{known['assess']}",
                "assessment": f"/{known['assess']}/loss-assessment",
                "injury": f"/{known['assess']}/injury",
                "imaging": f"/{known['assess']}/imaging",
                "self-service": f"/{known['survey']}/self-service",
                "settlement": f"/{known['settle']}/settlement",
                "large-loss": f"/{known['settle']}/large-loss",
                "investigation": f"/{known['settle']}/special-investigation",
                "recovery": f"/{known['paid']}/recovery",
                "paid": f"/{known['paid']}",
                "not-there": "/clm_0",
            },
        )
        self._visit(SURVEYOR, {"to-survey": "", "survey": f"/{known['survey']}/survey"})
        self._visit(LEAD, {"verify": f"/{known['verify']}", "blocked": f"/{known['blocked']}", "phones": "/phones"})
        self._visit(DESK, {"disputed": f"/{known['disputed']}"})

    def _visit(self, login: str, pages: Mapping[str, str]) -> None:
        one: Phone = self.camera.phone()
        self.site.log_in(one, login)
        look = self.camera.look(one)
        for name, path in pages.items():
            one.open(f"{self.site.url}{HERE}{path}")
            one.page.wait_for_timeout(300)  # what modules ask for comes in
            look(f"claims-desk-{name}", full=True)
        one.close()
