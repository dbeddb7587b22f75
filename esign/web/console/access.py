"""Who may come to a page: told beside every route, so that none is open by having been forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader

from esign.staff.domain.roles import Role

PREFIX: Final = "/console"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Anybody at the door, everybody who is in a session, or whoever has one of these roles in it."""

    at_the_door: bool = False
    roles: frozenset[Role] | None = None
    by_itself: bool = False
    """Asked by a module every few seconds: that alone keeps no session open."""
    bytes_at_most: int = 0
    """The size of a file that the form may bring; 0 for a form that brings none."""
    when_locked: bool = False
    """There also while a signer has the tablet; every other page of the session leads to the PIN then."""


DOOR: Final = Access(at_the_door=True)
"""Pages that are there without a session."""
MEMBERS: Final = Access()
"""Pages for everybody who has logged in."""


LOCKED: Final = Access(when_locked=True)
"""Pages for everybody who has logged in, and who has handed over the tablet."""


def only(*roles: Role) -> Access:
    """Return the access of whoever has one of these roles."""
    if not roles:
        raise ValueError("a page that nobody may see is none")
    return Access(roles=frozenset(roles))


@dataclass(frozen=True)
class Entry:
    """What stands at the top of every page: a label and what is there (messages of the catalogue), the view that it
    leads to, and who sees it; None is everybody. `group` is the menu in which it stands where there are many, "" where
    it stands by itself."""

    label: str
    endpoint: str
    hint: str
    roles: frozenset[Role] | None = None
    group: str = ""


class Console(Flask):
    """A Flask application in which every route says who may come; one that does not is refused (`TypeError`)."""

    def __init__(self, packages: Sequence[str] = ()) -> None:
        """`packages` are those of rooms that have templates of their own."""
        self._access: dict[str, Access] = {}
        self._packages = tuple(packages)
        self.entries: tuple[Entry, ...] = ()
        """What stands at the top, in this order."""
        self.kinds: dict[str, str] = {}
        """What rooms call their tasks and messages, by kind."""
        self.sentences: dict[str, str] = {}
        """What rooms say after a form did something, by code, beside the console's own (`notices`)."""
        self.waiting_counts: dict[str, Callable[[], int]] = {}
        """By the view of a section, how many things wait in it for the caller: shown beside its name."""
        super().__init__("esign.web.console", static_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False

    def create_global_jinja_loader(self) -> BaseLoader:  # type: ignore[override]  # any loader will do
        """Return where templates are: the console's own, those of all pages (the icons), and of rooms."""
        return ChoiceLoader(
            [PackageLoader(one) for one in ("esign.web.console", "esign.web", *self._packages)],
        )

    @property
    def access(self) -> Mapping[str, Access]:
        """Who may come, by the name of the view."""
        return self._access

    def page(self, path: str, *, to: Access) -> Callable[[View], View]:
        """Declare what is looked at, at a path below `/console`: it changes nothing."""
        return self._declared("GET", path, to)

    def form(self, path: str, *, to: Access) -> Callable[[View], View]:
        """Declare what a form does, at a path below `/console`."""
        return self._declared("POST", path, to)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Refuse every route of which nobody said who may come."""
        if endpoint not in self._access:
            raise TypeError(f"{rule} does not say who may come; declare it with page() or form()")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options=False, **options)

    def _declared(self, method: str, path: str, to: Access) -> Callable[[View], View]:
        def declare(view: View) -> View:
            if view.__name__ in self._access:
                raise ValueError(f"two pages of the console are called {view.__name__}")
            self._access[view.__name__] = to
            self.add_url_rule(f"{PREFIX}{path}", view.__name__, view, methods=[method])
            return view

        return declare
