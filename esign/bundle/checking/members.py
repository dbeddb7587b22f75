"""Compares the members of a bundle with its layout and with its manifest: missing, added, changed, out of place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from esign.bundle.checking.container import Container
from esign.bundle.checking.errors import ContainerRefused, MemberMalformed
from esign.bundle.checking.manifest import read_asic_manifest
from esign.bundle.checking.verdict import Findings, Step
from esign.bundle.layout import (
    CHECK_PAGE,
    CHECKPOINT,
    CHECKPOINT_TIMESTAMP,
    CONTAINER_TYPE,
    ENVELOPE,
    EVENTS,
    LOG_KEY,
    MANIFEST,
    MIMETYPE,
    PROOFS,
    README,
    SIGNATURE,
    STATEMENT,
    is_member_name,
    is_referenced,
    place_of,
)

ALWAYS: Final = (
    MIMETYPE,
    README,
    CHECK_PAGE,
    ENVELOPE,
    EVENTS,
    PROOFS,
    CHECKPOINT,
    CHECKPOINT_TIMESTAMP,
    LOG_KEY,
    STATEMENT,
    MANIFEST,
    SIGNATURE,
)
"""Members that every bundle has, whatever its envelope was."""


class Members:
    """What a container holds and what its manifest says of it."""

    def __init__(self, container: Container, findings: Findings) -> None:
        """Digest every member once; one that is damaged is told of and is not among the digests."""
        self._container = container
        self.digests: dict[str, str] = {}
        """SHA-256 in lower-case hex of every member that could be read, in the order of the file."""
        for name in container.names:
            state = hashlib.sha256()
            try:
                for piece in container.pieces(name):
                    state.update(piece)
            except ContainerRefused as error:
                findings.add(Step.CONTAINER, error.code, name)
            else:
                self.digests[name] = state.hexdigest()

    def __contains__(self, name: str) -> bool:
        return name in self.digests

    def under(self, folder: str) -> list[str]:
        """Return the members whose names begin so, in the order of the file."""
        return [name for name in self.digests if name.startswith(folder)]

    def read(self, name: str) -> bytes | None:
        """Return a member's bytes, or None where there is none that can be read."""
        return self._container.read(name) if name in self.digests else None


def check_members(members: Members, names: tuple[str, ...], findings: Findings) -> None:
    """Compare the members with the layout, and with the references of the manifest."""
    findings.extend(Step.MEMBERS, "member-missing", (name for name in ALWAYS if name not in names))
    findings.extend(Step.MEMBERS, "member-unknown", (name for name in names if not is_member_name(name)))
    if list(names) != sorted(names, key=place_of):
        findings.add(Step.CONTAINER, "members-out-of-order")
    if members.read(MIMETYPE) not in {None, CONTAINER_TYPE}:
        findings.add(Step.MEMBERS, "member-changed", MIMETYPE)
    encoded = members.read(MANIFEST)
    if encoded is None:
        return
    try:
        referenced = read_asic_manifest(encoded)
    except MemberMalformed as error:
        findings.add(Step.MEMBERS, "manifest-malformed", MANIFEST, reason=error)
        return
    _compare(members, names, referenced, findings)


def _compare(members: Members, names: tuple[str, ...], referenced: Mapping[str, bytes], findings: Findings) -> None:
    for name, digest in referenced.items():
        if not is_referenced(name):
            findings.add(Step.MEMBERS, "manifest-malformed", MANIFEST, reason=f"it refers to {name}")
        elif name not in names:
            findings.add(Step.MEMBERS, "member-missing", name)
        elif name in members and members.digests[name] != digest.hex():
            findings.add(Step.MEMBERS, "member-changed", name)
    findings.extend(
        Step.MEMBERS, "member-added", (name for name in names if is_referenced(name) and name not in referenced)
    )
