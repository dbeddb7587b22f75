"""Acceptance policies: files of requirements, named and versioned, read strictly (docs/acceptance.md).

Each table under `require` is one requirement by its code, its keys what it is asked with. A policy accepts what meets
all of them. The policies that come with the product lie in `data/`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NoReturn

from esign.verify.acceptance.errors import PolicyRefused
from esign.verify.acceptance.knowledge import COMPLETED, STATES
from esign.verify.acceptance.requirements.case import CODE, Requirement
from esign.verify.acceptance.requirements.evidence import (
    ConsentsGiven,
    HandwritingThere,
    ManifestMatches,
    PhotoThere,
)
from esign.verify.acceptance.requirements.people import ROLES, IdentityAssured, RolesSigned
from esign.verify.acceptance.requirements.signatures import LEVELS, LevelReached, OurSeal, SignaturesValid
from esign.verify.acceptance.requirements.stand_ins import STAND_INS, NoStandIns
from esign.verify.acceptance.requirements.trail import EvidenceOpenable, InOurTrail, StateInForce, TrailFixed
from esign.verify.acceptance.table import PolicyTable
from esign.verify.acceptance.words import Language, Words

SCHEMA: Final = "esign-acceptance/1"
BYTES_AT_MOST: Final = 64 * 1024
LARGEST_VERSION: Final = 1_000_000

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,39})){1,30}")
_STATE: Final = re.compile(r"[a-z_]{1,32}")


@dataclass(frozen=True)
class Policy:
    """What a document has to meet to be accepted; `title` says it to people."""

    name: str
    version: int
    title: Words
    requirements: tuple[Requirement, ...]

    def said(self, language: Language) -> str:
        return self.title.zh if language == "zh" else self.title.en

    @property
    def seals(self) -> frozenset[str]:
        """SHA-256 (lower-case hex) of the seal certificates that the policy itself names."""
        named = [one.certificates for one in self.requirements if isinstance(one, OurSeal)]
        return frozenset(digest for certificates in named for digest in certificates)


_READERS: Final[Mapping[str, Callable[[PolicyTable], Requirement]]] = {
    SignaturesValid.code: lambda _table: SignaturesValid(),
    OurSeal.code: lambda table: OurSeal(table.words("certificates", _DIGEST)),
    RolesSigned.code: lambda table: RolesSigned(
        table.words("roles", CODE, among=ROLES), table.flag("planned", default=True)
    ),
    LevelReached.code: lambda table: LevelReached(table.choice("level", LEVELS)),
    ManifestMatches.code: lambda _table: ManifestMatches(),
    HandwritingThere.code: lambda _table: HandwritingThere(),
    PhotoThere.code: lambda table: PhotoThere(
        table.words("roles", CODE, among=ROLES), table.flag("assisted", default=False)
    ),
    ConsentsGiven.code: lambda table: ConsentsGiven(table.words("consents", CODE), table.words("with_photo", CODE)),
    IdentityAssured.code: lambda table: IdentityAssured(table.words("accepted", CODE), table.words("refused", CODE)),
    InOurTrail.code: lambda _table: InOurTrail(),
    TrailFixed.code: lambda _table: TrailFixed(),
    StateInForce.code: lambda table: StateInForce(table.words("states", _STATE, among=STATES) or (COMPLETED,)),
    EvidenceOpenable.code: lambda _table: EvidenceOpenable(),
    NoStandIns.code: lambda table: NoStandIns(
        table.words("test_policies", _OID), table.words("allowed", CODE, among=STAND_INS)
    ),
}
CODES: Final = tuple(_READERS)
"""The codes of all requirements."""


def parse_policy(data: bytes, source: str) -> Policy:
    """Read a policy (TOML, UTF-8); `source` is what errors call it.

    Raises `PolicyRefused`, in one line: `policy-size`, `policy-toml`, `policy-schema`, `policy-value`,
    `policy-key-unknown`, `policy-requirement-unknown`, `policy-empty`.
    """
    if len(data) > BYTES_AT_MOST:
        _refuse("size", source, f"it has {len(data)} bytes, more than {BYTES_AT_MOST}")
    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        cause = str(error).partition("\n")[0][:200] if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8 text"
        raise _refused("toml", source, f"it is not TOML ({cause})") from error
    if values.get("schema") != SCHEMA:
        _refuse("schema", source, f"it does not say schema = {SCHEMA!r}")
    table = PolicyTable(source, "", values)
    table.text("schema")
    name = table.text("name")
    if not CODE.fullmatch(name):
        _refuse("value", source, "name must be lower-case letters, digits and hyphens")
    version = table.number("version", low=1, high=LARGEST_VERSION)
    title = PolicyTable(source, "[title]", table.table("title"))
    words = Words(title.text("zh"), title.text("en"))
    required = table.table("require")
    title.finish()
    table.finish()
    if not required:
        _refuse("empty", source, "it requires nothing, and would accept anything")
    return Policy(name, version, words, tuple(_requirement(source, code, form) for code, form in required.items()))


def _requirement(source: str, code: str, form: object) -> Requirement:
    if code not in _READERS:
        near = difflib.get_close_matches(code, CODES, 1)
        meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(CODES)}"
        _refuse("requirement-unknown", source, f"there is no requirement {code[:40]!r}{meant}")
    if not isinstance(form, dict):
        _refuse("value", source, f"require.{code} must be a table")
    table = PolicyTable(source, f"[require.{code}]", form)
    made = _READERS[code](table)
    table.finish()
    return made


@cache
def named_policies() -> Mapping[str, Policy]:
    """Return the policies that come with the product, by name."""
    folder = files("esign.verify.acceptance") / "data"
    found = (
        parse_policy(file.read_bytes(), file.name)
        for file in sorted(folder.iterdir(), key=lambda file: file.name.removesuffix(".toml"))
        if file.name.endswith(".toml")
    )
    return {policy.name: policy for policy in found}


def policy_named(name: str) -> Policy:
    """Return one of the policies that come with the product. Raises `PolicyRefused` (`policy-unknown`)."""
    policies = named_policies()
    if name not in policies:
        raise PolicyRefused(
            "policy-unknown",
            f"there is no policy {name[:80]!r}; there are {', '.join(policies)}",
            "name one of them, or a policy file",
        )
    return policies[name]


def _refused(reason: str, source: str, cause: str) -> PolicyRefused:
    return PolicyRefused(f"policy-{reason}", f"{source}: {cause}", "mend the policy file")


def _refuse(reason: str, source: str, cause: str) -> NoReturn:
    raise _refused(reason, source, cause)
