"""Rights of the database role that the service connects as on PostgreSQL: what it needs, and nothing else.

The role must exist and must not own the tables: an owner can drop their triggers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from esign.infra.database import Base


def checked_role(role: str) -> str:
    """Return the role's name if it is plain, else raise `ValueError`: it goes into DDL as it stands."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role):
        raise ValueError(f"{role!r} is not a plain role name")
    return role


def adding_rights(role: str, models: Sequence[type[Base]]) -> tuple[str, str]:
    """Return the DDL that lets the role read these tables and add rows, and do nothing else to them."""
    tables = ", ".join(model.__tablename__ for model in models)
    return f"REVOKE ALL ON {tables} FROM {checked_role(role)}", f"GRANT SELECT, INSERT ON {tables} TO {role}"


def changing_rights(role: str, models: Sequence[type[Base]]) -> tuple[str, str]:
    """Return the DDL that lets the role read and change the rows of these tables, and not truncate them."""
    tables = ", ".join(model.__tablename__ for model in models)
    return (
        f"REVOKE ALL ON {tables} FROM {checked_role(role)}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}",
    )
