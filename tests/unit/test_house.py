"""Rules of the house that no single room can check: imports, locks, links, sizes."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LARGEST_FILE = 400
PACKAGES = ("ca", "esign", "policy", "delivery", "claims", "demo", "bench", "simulate")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ASN1_WRITERS = {
    "bench/stock.py",
    "ca/authority/event_certificate.py",
    "ca/authority/key_files.py",
    "ca/authority/timestamp_token.py",
    "ca/authority/timestamping.py",
    "ca/encoding.py",
    "ca/remote/rfc3161.py",
    "esign/evidence/recipient_key.py",
    "esign/evidence/sealing.py",
    "esign/verify/cms/certificates.py",
}
"""Where `dump()` encodes values that were made, or is told what to do with those that were read (ADR 0027)."""
REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def ours(*suffixes: str) -> Iterator[Path]:
    """Yield the files that are, or could be, in the repository: those that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.suffix in suffixes and path.is_file():
            yield path


@cache
def parsed(path: Path) -> tuple[tuple[str, ...], frozenset[tuple[str, str]]]:
    """Return the full name of every module that the file imports, at any depth, and every attribute that it names.

    An attribute comes with what stands before its dot: a plain name, or nothing.
    """
    imports: list[str] = []
    attributes: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imports += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports.append(node.module)
        elif isinstance(node, ast.Attribute):
            attributes.add((node.value.id if isinstance(node.value, ast.Name) else "", node.attr))
    return tuple(imports), frozenset(attributes)


def imports_of(path: Path) -> tuple[str, ...]:
    return parsed(path)[0]


def test_only_tests_and_measurements_import_the_composition_root() -> None:
    found = [
        path.relative_to(ROOT)
        for path in ours(".py")
        if path.relative_to(ROOT).parts[0] not in {"tests", "bench"}
        and any(m.split(".")[0] == "wsgi" for m in imports_of(path))
    ]
    assert found == []


@pytest.mark.parametrize("package", PACKAGES[:5])
def test_no_package_imports_its_own_tests(package: str) -> None:
    found = [
        path.relative_to(ROOT)
        for path in ours(".py")
        if path.relative_to(ROOT).parts[0] == package and any(m.split(".")[0] == "tests" for m in imports_of(path))
    ]
    assert found == []


def test_pyhanko_is_known_in_two_rooms_only() -> None:
    rooms = {
        path.relative_to(ROOT).parts[:2]
        for path in ours(".py")
        if path.relative_to(ROOT).parts[0] in PACKAGES[:5]
        and any(m.split(".")[0] in {"pyhanko", "pyhanko_certvalidator"} for m in imports_of(path))
    }
    assert rooms <= {("esign", "pades"), ("esign", "verify")}


def test_the_pure_rooms_ask_no_clock_and_no_network() -> None:
    forbidden = re.compile(r"datetime\.now\(|datetime\.utcnow\(|time\.time\(|date\.today\(")
    network = {"flask", "sqlalchemy", "socket", "urllib", "http", "requests", "httpx"}
    found = [
        path.relative_to(ROOT)
        for path in ours(".py")
        if path.relative_to(ROOT).parts[:2]
        in {("esign", "bundle"), ("esign", "pades"), ("esign", "evidence"), ("esign", "verify")}
        and (forbidden.search(path.read_text("utf-8")) or any(m.split(".")[0] in network for m in imports_of(path)))
    ]
    assert found == []


def attributes_of(path: Path) -> frozenset[tuple[str, str]]:
    return parsed(path)[1]


def test_asn1_that_was_read_is_not_encoded_anew() -> None:
    """asn1crypto's `dump()`, and the digests that call it, may return other bytes than those that were signed."""
    writers, digesting = set(), set()
    for path in ours(".py"):
        name = str(path.relative_to(ROOT))
        if name.split("/", maxsplit=1)[0] not in PACKAGES:
            continue
        named = set(attributes_of(path))
        if any(attribute == "dump" and owner != "json" for owner, attribute in named):
            writers.add(name)
        if any(m.split(".")[0] == "asn1crypto" for m in imports_of(path)) and any(
            attribute.removesuffix("_fingerprint") in {"sha1", "sha256"} and owner != "hashlib"
            for owner, attribute in named
        ):
            digesting.add(name)
    assert writers == ASN1_WRITERS, "take ca.encoding.encoding_of for what was read"
    assert digesting == set(), "take ca.encoding.certificate_digest"


@pytest.mark.parametrize("package", ["policy", "delivery", "claims"])
def test_business_packages_come_through_the_public_door(package: str) -> None:
    """And a domain of theirs imports what makes an event, and nothing else of ours."""
    strayed = []
    for path in ours(".py"):
        parts = path.relative_to(ROOT).parts
        if parts[0] != package:
            continue
        of_ours = {m for m in imports_of(path) if m.split(".")[0] in {"ca", "esign"}}
        pure = parts[1] in {"domain", "domain.py"}
        allowed = {m for m in of_ours if (m == "esign.trail.event" if pure else m.startswith("esign.public."))}
        strayed += [f"{path.relative_to(ROOT)}: {m}" for m in sorted(of_ours - allowed)]
    assert strayed == []


def test_the_package_file_of_esign_is_empty() -> None:
    assert (ROOT / "esign" / "__init__.py").read_bytes() == b""


def test_no_file_of_ours_has_more_than_400_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in ours(".py", ".typ", ".js", ".css", ".html")
        if path.relative_to(ROOT).parts[0] != "tests"
    }
    assert len(lengths) > 50
    assert {name: length for name, length in lengths.items() if length > LARGEST_FILE} == {}


def locked() -> dict[str, str]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    return {package["name"]: package["version"] for package in lock["package"] if "editable" not in package["source"]}


def required(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    return {found.lower().replace("_", "-"): version for found, version in REQUIREMENT.findall(text)}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_requirements_name_the_versions_of_the_lock(name: str) -> None:
    lock, requirements = locked(), required(name)
    assert len(requirements) > 20
    assert {package: lock.get(package) for package in requirements} == requirements


def test_everything_that_is_locked_is_required_somewhere() -> None:
    assert set(locked()) == set(required("requirements.txt")) | set(required("requirements-dev.txt"))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / name).read_text("utf-8"))
    without = [block.split("=")[0] for block in blocks if REQUIREMENT.match(block) and "--hash=sha256:" not in block]
    assert without == []


def test_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in wanted}
    assert names <= set(locked())


def test_every_relative_link_in_a_document_leads_somewhere() -> None:
    broken = []
    for path in ours(".md"):
        for target in LINK.findall(path.read_text("utf-8")):
            place = target.partition("#")[0]
            if place and "://" not in target and not target.startswith("mailto:"):
                there = (path.parent / place).resolve()
                if not there.exists() or not there.is_relative_to(ROOT):
                    broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in ours(".py") if path.name.startswith("test_")]
    assert sorted(names) == sorted(set(names))
