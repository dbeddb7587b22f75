"""What somebody had typed when their session was over: it goes with them through the login, and is sent if they say so.

Nothing is stored. It is held only for a form that came from a page of ours in this browser, and never a secret.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from flask import request

from esign.web.console.access import PREFIX
from esign.web.forgery import FIELD
from esign.web.look import is_own_page

SECRETS: Final = frozenset(
    {FIELD, "password", "old", "new", "again", "code", "recovery", "ticket", "invitation", "pin"}
)
"""Fields that are never held: what is typed there is typed anew."""
_AT_MOST: Final = 16_000
_CODE: Final = re.compile(r"[a-z0-9_.-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class HeldForm:
    """Where the form goes, and what was filled in, in its order."""

    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def written(self) -> tuple[str, ...]:
        """What was written by hand: codes and ids that were chosen say nothing to a reader."""
        return tuple(value for _name, value in self.fields if not _CODE.fullmatch(value))

    def encode(self) -> str:
        """Return it for a hidden field of the login."""
        return json.dumps([self.action, self.fields], ensure_ascii=False)


def hold() -> HeldForm | None:
    """Return this request's form, None where there is nothing to hold."""
    fields = tuple(
        (name, value) for name, value in request.form.items(multi=True) if name not in SECRETS and value.strip()
    )
    held = HeldForm(request.path, fields)
    return held if fields and len(held.encode()) <= _AT_MOST else None


def parse_held(text: str) -> HeldForm | None:
    """Return what `encode` wrote, None for anything else."""
    try:
        action, fields = json.loads(text[: _AT_MOST + 1])
        held = HeldForm(str(action), tuple((str(name), str(value)) for name, value in fields))
    except (ValueError, TypeError):
        return None
    is_ours = is_own_page(held.action) and held.action.startswith(f"{PREFIX}/")
    return held if is_ours and held.fields and SECRETS.isdisjoint(name for name, _value in held.fields) else None
