"""What must hold of every archive that fuzzing made: a verdict and nothing else, the same members for every reader."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final

from ca.trust import TrustStore
from esign.bundle.checking.check import BundleQuestion, check_bundle
from esign.bundle.checking.container import ContainerLimits, open_container
from esign.bundle.checking.errors import ContainerRefused
from esign.bundle.checking.set_container import SetLimits, is_set, open_set, part
from esign.bundle.checking.set_listing import list_set
from esign.bundle.checking.set_member import check_set_member
from esign.bundle.checking.words import said
from esign.verify.report import Conclusion
from tests.fuzz.judged import Broken, judged_at

LIMITS: Final = ContainerLimits(members=50, member_bytes=1 << 18, total_bytes=1 << 20, ratio=250, ratio_from=1 << 14)
SET_LIMITS: Final = SetLimits(members=50, bundle_bytes=1 << 18, index_bytes=1 << 16)
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES: Final = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"})
_watching: list[bool] = []


def judge_container(data: bytes) -> None:
    """Judge the bytes as a bundle and as a set. Raises `Broken`."""
    question = BundleQuestion("made.asice", TrustStore(), judged_at())
    with nothing_written():
        members = _members(data)
        verdict = check_bundle(data, question, LIMITS)
        listing = list_set(data, SET_LIMITS)
        checked = [check_set_member(data, one, question, LIMITS) for one in listing.bundles]
        told = is_set(data, SET_LIMITS)
    for finding in (*verdict.findings, *listing.findings, *(one for member in checked for one in member.findings)):
        said(finding, "en"), said(finding, "zh-CN")
    if verdict.conclusion is Conclusion.PASSED or any(one.verdict.conclusion is Conclusion.PASSED for one in checked):
        raise Broken("what nobody signed passes")
    if members is not None:
        require_same(data, members)
    elif verdict.readable:
        raise Broken("a container that is refused is judged on")
    if listing.readable:
        require_same(data, {one.name: bytes(part(data, one)) for one in open_set(data, SET_LIMITS)})
        if not told and listing.bundles and members is None:
            raise Broken("a set is not taken for one")


def _members(data: bytes) -> Mapping[str, bytes] | None:
    """Return what the reader finds, within its limits; None where it refuses the archive or one of its members."""
    found: dict[str, bytes] = {}
    try:
        container = open_container(data, LIMITS)
    except ContainerRefused:
        return None
    for name in container.names:
        try:
            found[name] = container.read(name)
        except ContainerRefused:
            found[name] = b"damaged"
        if len(found[name]) > LIMITS.member_bytes:
            raise Broken("a member is larger than the limits allow")
    if sum(map(len, found.values())) > LIMITS.total_bytes + len(b"damaged") * len(found):
        raise Broken("the members are larger than the limits allow")
    return found


def require_same(data: bytes, members: Mapping[str, bytes]) -> None:
    """Compare with what another reader finds, which would unpack the archive for whoever does it by hand."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if archive.namelist() != list(members):
            raise Broken("two readers find different members")
        for name, content in members.items():
            parts = name.split("/")
            if name.startswith("/") or "\\" in name or ".." in parts or "" in parts:
                raise Broken("a name leads out of the folder")
            try:
                other = archive.read(name)
            except (zipfile.BadZipFile, OSError, EOFError, ValueError):
                continue
            except Exception as error:
                if type(error).__module__ != "zlib":
                    raise
                continue
            if content not in (other, b"damaged"):
                raise Broken("two readers find different bytes")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching:
        return
    flags = arguments[2] if event == "open" and len(arguments) > 2 else 0
    if event in _CHANGES or (isinstance(flags, int) and flags & _WRITES):
        raise Broken(f"something is written: {event}")


@cache
def _install() -> None:
    """Add the hook, once in a process: it cannot be taken away again, and every process of a run loads this file."""
    sys.addaudithook(_watch)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Raise `Broken` where a file is opened for writing, made, moved or removed."""
    _install()
    _watching.append(True)
    try:
        yield
    finally:
        _watching.pop()
