"""Why a bundle cannot be read. `check_bundle` turns each into a finding."""

from __future__ import annotations

from esign.errors import EsignError


class ContainerRefused(EsignError):
    """The container, or one member of it, cannot be read without doubt. `member` is its name, or empty."""

    def __init__(self, code: str, member: str, cause: str) -> None:
        told = f"{member}: {cause}" if member else f"the file is no bundle: {cause}"
        super().__init__(code, told, "get the bundle again from whoever made it")
        self.member = member
        self.reason = cause


class MemberMalformed(ValueError):
    """A member is not what its place in the bundle says it is; the text says how, without a value out of it."""
