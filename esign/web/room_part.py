"""Pages of rooms for customers, each reached by a link that was sent: `/r/<room>/<link>`.

A link names what it is about and proves that we made it for this person. It opens that page and nothing else; where
the person's record was corrected or erased, the old link opens nothing any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from flask import Flask, request
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from esign.api.rates import Allowance, address_subject
from esign.ceremony.people import Person, parse_person
from esign.infra.errors import RecordErased
from esign.infra.room_links import RoomLinks
from esign.web import cookies
from esign.web.errors import PageError, no_cookies
from esign.web.linked_identity import LinkedIdentity, Told
from esign.web.page_services import PageServices
from esign.web.rendering import CATALOGUES, page, speak, token_field
from esign.web.room_assets import PREFIX, declare_room_assets, room_asset_of
from esign.web.uploads import admit_file

PersonOf: TypeAlias = Callable[[Session, str], str | None]
"""Returns whose link about this subject is good now: the id of the person's record; None where there is none."""
View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True)
class Visitor:
    """Who came by a link: what the link is about, the person, and the link itself, to which forms are bound."""

    subject: str
    person: Person = field(repr=False)
    link: str = field(repr=False)


class LinkedPages:
    """Declares the pages of one room. Each view is given the `Visitor`."""

    def __init__(self, app: Flask, services: PageServices, room: str, person_of: PersonOf) -> None:
        self._app = app
        self._services = services
        self._room = room
        self._links = RoomLinks(services.service.ports.keys, room)
        self._person_of = person_of
        clock = services.service.ports.trust_services.clock
        self._identity = LinkedIdentity(services.service.ports.keys, services.rates, clock, room)

    def page(self, path: str = "") -> Callable[[View], View]:
        """Declare what is looked at, at a path behind the link: it changes nothing."""
        return self._declared("GET", path)

    def form(self, path: str = "", *, brings: int = 0) -> Callable[[View], View]:
        """Declare what a form does, at a path behind the link. It is taken from a page behind the same link alone.

        `brings` is how many bytes the file has at most that comes with it; 0 for a form that brings none.
        """
        return self._declared("POST", path, brings)

    def open_page(self, path: str) -> Callable[[View], View]:
        """Declare a page that anybody opens, at `/r/<room><path>`: its view is given nothing, and knows nobody."""
        return self._opened("GET", path)

    def open_form(self, path: str) -> Callable[[View], View]:
        """Declare what a form on an open page does. It is taken from a page that this browser was shown."""
        return self._opened("POST", path)

    def may(self, allowance: Allowance, about: str | None = None) -> bool:
        """Count one try about this, or, where nothing is named, of the address that asks; tell whether it may pass."""
        address = address_subject(self._services.service.ports.keys, request.remote_addr or "")
        named = None if about is None else hashlib.sha256(f"{self._room} {about}".encode()).hexdigest()[:32]
        return self._services.rates.take(allowance, named or address).allowed

    def kept(self) -> str:
        """Return what this browser was given to keep on an open page, an empty text where it has nothing."""
        return cookies.entrance_of(self._room) or ""

    def keep(self, response: Response, told: str) -> Response:
        """Have this browser keep an address of a visit for an hour, which no other has; return the response."""
        cookies.keep_entrance(response, self._room, told)
        return response

    def arrive(self, response: Response, subject: str, person: str) -> Response:
        """Have this browser know whose link about the subject it is, who proved it otherwise; return the response."""
        self._identity.remember(response, subject, self._links.link(subject, person))
        return response

    def address(self, subject: str, person: str) -> str:
        """Return the address of the page about a subject for this person, by the id of their record."""
        return f"{PREFIX}/{self._room}/{self._links.link(subject, person)}"

    def show_open(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return an open page; the template has `form_field`, and what stands around every page."""
        ports = self._services.service.ports
        return page(
            template,
            status,
            company=ports.organisation,
            test_mode=not ports.live,
            form_field=token_field(self._services.forms.token(self._open_about())),
            **values,
        )

    def identify(self, visitor: Visitor, told: str) -> Told:
        """Compare what a visitor told with the last four characters of their ID number; each call is a try of few."""
        return self._identity.tell(visitor.subject, visitor.person.id_number, told)

    def admit(self, visitor: Visitor, response: Response) -> Response:
        """Have this browser know the visitor, who was right, and return the response."""
        self._identity.remember(response, visitor.subject, visitor.link)
        return response

    def knows(self, visitor: Visitor) -> bool:
        """Tell whether the visitor said in this browser who they are.

        Raises `PageError` (`no-cookies`) where they did just now (`admitted` in the address) and nothing was kept.
        """
        known = self._identity.knows(visitor.subject, visitor.link)
        if not known and "admitted" in request.args:
            raise no_cookies()
        return known

    def show(self, template: str, visitor: Visitor, status: int = 200, **values: Any) -> Response:
        """Return a page; the template has `link`, `form_field` and what stands around every page."""
        ports = self._services.service.ports
        return page(
            template,
            status,
            company=ports.organisation,
            test_mode=not ports.live,
            link=f"{PREFIX}/{self._room}/{visitor.link}",
            form_field=token_field(self._services.forms.token(self._about(visitor.link))),
            form_value=self._services.forms.token(self._about(visitor.link)),
            **values,
        )

    def _open_about(self) -> str:
        return f"room {self._room}, open {self.kept()}"

    def _opened(self, method: str, path: str) -> Callable[[View], View]:
        def declare(view: View) -> View:
            @wraps(view)
            def guarded() -> Response:
                if method == "POST":
                    self._services.forms.require_own(request, self._open_about())
                return view()

            self._app.add_url_rule(
                f"{PREFIX}/{self._room}{path}", f"{self._room}.{view.__name__}", guarded, methods=[method]
            )
            return view

        return declare

    def _about(self, link: str) -> str:
        return f"room {self._room} {link}"

    def _declared(self, method: str, path: str, brings: int = 0) -> Callable[[View], View]:
        def declare(view: View) -> View:
            @wraps(view)
            def admitted(room_link: str, **parts: str) -> Response:
                if brings:
                    admit_file(request, brings)
                if method == "POST":
                    self._services.forms.require_own(request, self._about(room_link))
                return view(self._visitor(room_link), **parts)

            rule = f"{PREFIX}/{self._room}/<room_link>{path}"
            self._app.add_url_rule(rule, f"{self._room}.{view.__name__}", admitted, methods=[method])
            return view

        return declare

    def _visitor(self, link: str) -> Visitor:
        """Return who came by the link. Raises `PageError` (`link-unknown`)."""
        subject = self._links.subject_of(link)
        with self._services.service.ports.database.reading() as session:
            record = None if subject is None else self._person_of(session, subject)
            if subject is None or record is None or not self._links.is_link(link, subject, record):
                raise _unknown()
            try:
                person = parse_person(self._services.service.records.read(session, record))
            except RecordErased:
                raise _unknown() from None
        speak(None, person.locale)
        return Visitor(subject, person, link)


DeclareLinked: TypeAlias = Callable[[LinkedPages], None]


@dataclass(frozen=True)
class LinkedPart:
    """The pages of one room for customers: what declares them, whose a link is, and the package with their templates
    (`templates`) and English words (`data/en`)."""

    room: str
    package: str
    declare: DeclareLinked
    person_of: PersonOf


def add_linked(app: Flask, services: PageServices, parts: Sequence[LinkedPart], packages: Mapping[str, str]) -> None:
    """Add the pages of rooms to the pages of the service; `packages` are those of all rooms, by name: their style and
    modules are here, also where a room has pages at the console alone."""
    declare_room_assets(app, packages)
    app.config[CATALOGUES] = tuple(part.package for part in parts)
    app.jinja_env.globals["room_asset"] = room_asset_of(packages)
    if parts:
        app.jinja_env.loader = loader_of(app.jinja_env.loader, [part.package for part in parts])
    for part in parts:
        part.declare(LinkedPages(app, services, part.room, part.person_of))


def loader_of(own: BaseLoader | None, packages: Sequence[str]) -> BaseLoader:
    """Return what finds our own templates, and behind them those of these packages."""
    return ChoiceLoader([*([] if own is None else [own]), *map(PackageLoader, packages)])


def _unknown() -> PageError:
    return PageError("link-unknown", "this link opens nothing, or not any more", "open the link in the newest message")
