"""A new password as it is typed: twice, and the same."""

from __future__ import annotations

from typing import Final

from flask import request

from esign.infra.secret import Secret
from esign.web.words import N_

PASSWORD_AT_MOST: Final = 600
"""So many characters are taken from a field; more is refused as too long in any case."""


def typed_twice() -> tuple[Secret, str | None]:
    """Return the new password, and what is wrong with how it was typed (a message), if anything."""
    new, again = (request.form.get(name, "")[:PASSWORD_AT_MOST] for name in ("new", "again"))
    return Secret(new), None if new == again else N_("两次输入的密码不一样。请再输入一次。")
