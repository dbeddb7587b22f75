"""Containers that were made to harm: each is refused with the member named, before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from esign.bundle.checking.check import check_bundle
from esign.bundle.checking.container import Container, ContainerLimits, open_container
from esign.bundle.checking.errors import ContainerRefused
from esign.verify.report import Conclusion
from tests.bundles import Case

DATE = (1980, 1, 1, 0, 0, 0)
END_BYTES = 22
LOCAL_BYTES, CENTRAL_BYTES = 30, 46


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED, **more: int) -> bytes:
    """Return an archive as Python's own library makes it; `more` is set on the last entry before it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = method
            entry.external_attr = 0o100644 << 16
            if (name, content) == members[-1]:
                for place, value in more.items():
                    setattr(entry, place, value)
            archive.writestr(entry, content)
    return out.getvalue()


def refused(data: bytes, limits: ContainerLimits | None = None) -> tuple[str, str]:
    """Return the code and the member with which the container, or a member of it, is refused."""
    with pytest.raises(ContainerRefused) as error:
        read_all(open_container(data, limits) if limits else open_container(data))
    return error.value.code, error.value.member


def read_all(container: Container) -> dict[str, bytes]:
    return {name: container.read(name) for name in container.names}


def changed(data: bytes, place: int, form: str, value: int) -> bytes:
    """Return the data with a number at this place replaced."""
    size = struct.calcsize(form)
    return data[:place] + struct.pack(form, value) + data[place + size :]


def directory_of(data: bytes) -> int:
    return int(struct.unpack("<L", data[-6:-2])[0])


def test_what_it_reads_is_what_was_packed() -> None:
    members = {"a.txt": b"", "b/c.txt": b"word " * 1000, "b/d.txt": bytes(range(256))}
    assert read_all(open_container(packed(*members.items()))) == members
    assert read_all(open_container(packed(*members.items(), method=zipfile.ZIP_STORED))) == members


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt",
        "a/../../outside.txt",
        "/etc/passwd",
        "a//b.txt",
        "./a.txt",
        ".hidden",
        "a/.b",
        "C:a.txt",
        "a\\b.txt",
        "a b.txt",
        "a.txt\n",
        "a.",
        "con",
        "a/NUL.txt",
        "x" * 256,
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    code, member = refused(packed(("a.txt", b""), (name, b"")))
    assert code == "member-name-unsafe"
    assert member


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.txt/b"])
def test_a_name_that_is_there_twice_is_refused(name: str) -> None:
    with pytest.warns(UserWarning) if name == "a.txt" else _nothing():
        data = packed(("a.txt", b"one"), (name, b"two"))
    assert refused(data)[0] == "member-doubled"


class _nothing:  # stands beside pytest.warns
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    ("mode", "code"), [(0o120777, "member-link"), (0o040755, "member-link"), (0o020666, "member-link")]
)
def test_links_folders_and_devices_are_refused(mode: int, code: str) -> None:
    assert refused(packed(("a.txt", b"/etc/passwd"), external_attr=mode << 16)) == (code, "a.txt")


def test_a_name_beyond_ascii_is_in_no_bundle() -> None:
    assert refused(packed(("合同.txt", b"")))[0] == "container-form"


def test_an_encrypted_member_is_refused() -> None:
    data = packed(("a.txt", b"text"))
    for place in (6, directory_of(data) + 8):
        data = changed(data, place, "<H", 1)
    assert refused(data) == ("member-encrypted", "a.txt")


def test_a_member_that_unpacks_to_far_more_than_it_says_is_not_unpacked() -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)[2:-4]
    data = packed(("bomb.txt", bytes(1000)))
    start = LOCAL_BYTES + len("bomb.txt")
    old = len(zlib.compress(bytes(1000)))
    assert old < 100
    directory = directory_of(data)
    data = data[:start] + bomb + data[directory:]
    grown = start + len(bomb) - directory
    for place in (18, directory + grown + 20):
        data = changed(data, place, "<L", len(bomb))
    data = changed(data, len(data) - 6, "<L", directory + grown)
    container = open_container(data)
    seen = 0
    with pytest.raises(ContainerRefused) as error:
        for piece in container.pieces("bomb.txt"):
            seen += len(piece)
    assert (error.value.code, error.value.member, seen) == ("member-damaged", "bomb.txt", 0)


def test_a_bomb_that_tells_its_size_is_refused_by_its_ratio_and_by_what_all_take() -> None:
    data = packed(("a.txt", b""), ("bomb.txt", bytes(2_000_000)))
    assert refused(data) == ("container-too-large", "bomb.txt")
    small = packed(("a.txt", bytes(600)), ("b.txt", bytes(600)))
    assert refused(small, ContainerLimits(total_bytes=1000)) == ("container-too-large", "b.txt")
    assert refused(small, ContainerLimits(member_bytes=500)) == ("container-too-large", "a.txt")
    assert refused(small, ContainerLimits(members=1)) == ("container-too-large", "")


def test_sizes_and_offsets_of_zip64_are_refused() -> None:
    data = packed(("a.txt", b"text"))
    assert refused(changed(data, directory_of(data) + 24, "<L", 0xFFFFFFFF)) == ("container-zip64", "a.txt")
    assert refused(changed(data, len(data) - 6, "<L", 0xFFFFFFFF)) == ("container-zip64", "")
    locator = b"PK\6\7" + bytes(16)
    assert refused(data[:-END_BYTES] + locator + data[-END_BYTES:]) == ("container-zip64", "")


def test_bytes_of_no_member_are_found_wherever_they_lie() -> None:
    data = packed(("a.txt", b"text"), ("b.txt", b"more"))
    directory = directory_of(data)
    before = changed(b"#!/bin/sh\n" + data, len(data) + 10 - 6, "<L", directory + 10)
    assert refused(before)[0] == "container-form"
    for entry in (0, CENTRAL_BYTES + len("a.txt")):
        place = directory + 10 + entry + 42
        before = changed(before, place, "<L", struct.unpack("<L", before[place : place + 4])[0] + 10)
    assert zipfile.ZipFile(io.BytesIO(before)).testzip() is None
    assert refused(before) == ("container-hidden-data", "a.txt")
    between = changed(data[:directory] + b"hidden" + data[directory:], len(data) + 6 - 6, "<L", directory + 6)
    assert refused(between) == ("container-hidden-data", "")
    assert refused(data + b"behind")[0] == "container-form"
    with_comment = io.BytesIO(data)
    with zipfile.ZipFile(with_comment, "a") as archive:
        archive.comment = b"hello"
    assert refused(with_comment.getvalue())[0] == "container-form"


def test_two_members_that_share_their_bytes_are_refused() -> None:
    data = packed(("a.txt", b"same"), ("b.txt", b"same"))
    second = directory_of(data) + CENTRAL_BYTES + len("a.txt")
    assert refused(changed(data, second + 42, "<L", 0))[0] == "container-hidden-data"


@pytest.mark.parametrize(("place", "form", "value"), [(14, "<L", 7), (22, "<L", 7), (18, "<L", 3), (30, "<B", 98)])
def test_a_header_that_tells_otherwise_than_the_directory_is_refused(place: int, form: str, value: int) -> None:
    data = packed(("a.txt", b"text"))
    assert refused(changed(data, place, form, value)) == ("container-headers-differ", "a.txt")


def test_extra_fields_and_descriptors_are_refused() -> None:
    assert refused(packed(("a.txt", b""), extra=b"UT\x05\x00\x01\0\0\0\0"))[0] == "container-hidden-data"  # type: ignore[arg-type]
    data = packed(("a.txt", b"text"))
    for place in (6, directory_of(data) + 8):
        data = changed(data, place, "<H", 8)
    assert refused(data) == ("container-form", "a.txt")


def test_a_member_of_another_checksum_is_damaged() -> None:
    data = packed(("a.txt", b"text"), method=zipfile.ZIP_STORED)
    assert refused(data.replace(b"text", b"next")) == ("member-damaged", "a.txt")


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(17), b"%PDF-1.7\n", bytes(100)])
def test_what_is_no_container_is_refused(data: bytes) -> None:
    assert refused(data)[0] == "container-form"


def test_a_bundle_cut_anywhere_is_no_bundle(bundle: bytes) -> None:
    for end in range(0, len(bundle), len(bundle) // 40):
        assert refused(bundle[:end])[0] in {"container-form", "container-hidden-data"}


def test_no_byte_of_the_headers_is_left_free() -> None:
    """So nobody can hide a word in a container that passes, in a header, in the directory or at its end."""
    content = bytes(range(64))
    data = packed(("a.txt", content), ("b/c.txt", b"more"), method=zipfile.ZIP_STORED)
    for place in range(len(data)):
        for bit in (1, 128):
            changed_byte = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            with pytest.raises(ContainerRefused):
                read_all(open_container(changed_byte))


@pytest.mark.parametrize("part", range(12))
def test_a_byte_changed_anywhere_is_found(case: Case, bundle: bytes, part: int) -> None:
    place = len(bundle) * part // 12 + 7 * part
    changed_byte = bundle[:place] + bytes([bundle[place] ^ 1]) + bundle[place + 1 :]
    verdict = check_bundle(changed_byte, case.question())
    assert verdict.conclusion is Conclusion.FAILED
    assert verdict.findings[0].code


def test_whatever_is_refused_is_a_verdict_that_cannot_be_read(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    verdict = check_bundle(packed(("../outside.txt", b"")), case.question())
    assert (verdict.readable, verdict.exit_status) == (False, 4)
    (finding,) = verdict.findings
    assert (finding.code, finding.member) == ("member-name-unsafe", "../outside.txt")
    assert list(tmp_path.parent.glob("**/outside.txt")) == []
