"""One fresh timestamp for many old ones: its form, and what a chain of such renewals still proves.

What is renewed is anything with a token over it: a checkpoint's note, or the head of an earlier renewal. A head names
the root of a tree (RFC 9162 section 2.1) over all of them, and the validation data that was asked for just before, much
as RFC 4998 section 5.2 renews timestamps; the new token is over the head. So a chain leads from a checkpoint over
heads, each of which covers the one before, to a token that is valid now.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final

from ca.trust import TrustStore
from esign.canonical_json import encode_canonical
from esign.errors import EvidenceError
from esign.trail.errors import EventRefused, ProofRefused
from esign.trail.event import load_json
from esign.trail.merkle import leaf_hash, verify_inclusion
from esign.verify import SecurityStore
from esign.verify.cms.certificates import load_certificate
from esign.verify.detached import Beside, TokenVerdict, verify_token
from esign.verify.errors import MALFORMED
from esign.verify.report import Conclusion
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints

SCHEMA: Final = "esign-renewal/1"
LARGEST_SIZE: Final = 2**53 - 1
DATA_AT_MOST: Final = 200
"""So many certificates and answers belong to one renewal at most."""
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HEAD: Final = {"data", "root", "schema", "size"}


@dataclass(frozen=True)
class Stamped:
    """Content, and an RFC 3161 token (DER) over its SHA-256."""

    content: bytes = field(repr=False)
    token: bytes = field(repr=False)

    @property
    def leaf(self) -> bytes:
        """The leaf by which a renewal covers both (32 bytes): over SHA-256 of the content and SHA-256 of the token."""
        return leaf_hash(hashlib.sha256(self.content).digest() + hashlib.sha256(self.token).digest())


@dataclass(frozen=True)
class Head:
    """What is timestamped: a tree's size and root (32 bytes), and the SHA-256 (hex) of each of the validation data."""

    size: int
    root: bytes
    data: tuple[str, ...]

    def encode(self) -> bytes:
        """Return the head as canonical JSON."""
        value = {"schema": SCHEMA, "size": self.size, "root": self.root.hex(), "data": sorted(self.data)}
        return encode_canonical(value)


def parse_head(encoded: bytes) -> Head:
    """Read a head, strictly: `encode` of the result is `encoded` again.

    Raises `EvidenceError` (`renewal-malformed`).
    """
    try:
        value = load_json(encoded)
    except EventRefused as error:
        raise _malformed() from error
    if not isinstance(value, dict) or value.keys() != _HEAD:
        raise _malformed()
    size, root, data = value["size"], value["root"], value["data"]
    if type(size) is not int or not 1 <= size <= LARGEST_SIZE or not _is_digest(root):
        raise _malformed()
    if not isinstance(data, list) or len(data) > DATA_AT_MOST or not all(map(_is_digest, data)):
        raise _malformed()
    head = Head(size, bytes.fromhex(root), tuple(data))
    if len(set(data)) != len(data) or head.encode() != encoded:
        raise _malformed()
    return head


@dataclass(frozen=True)
class Link:
    """A renewal as it follows something in a chain: its head and token, and where in its tree that stands."""

    stamped: Stamped
    index: int
    path: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class ChainFault:
    """What is wrong with a chain: a stable code, at which token (0: the first, that of the checkpoint), and why.

    `is_open`: it is not wrong, but nothing here decides it.
    """

    code: str
    at: int
    reason: str
    is_open: bool = False


@dataclass(frozen=True)
class ChainVerdict:
    """What a chain proves: since when its first content existed (UTC), None unless there is no fault."""

    faults: tuple[ChainFault, ...]
    proven_since: datetime | None


@dataclass(frozen=True)
class Judging:
    """By what a chain is judged: roots, constraints, the time of asking (timezone-aware), all validation data that is
    there, by SHA-256 (hex), and what else is known of the last token: validation data, and a time at which it is proven
    to have existed, with all of that, or None."""

    trust: TrustStore
    constraints: AlgorithmConstraints | None
    at: datetime
    data: Mapping[str, bytes]
    present: SecurityStore = field(default_factory=SecurityStore)
    existed_since: datetime | None = None


def judge_chain(first: Stamped, links: Sequence[Link], judging: Judging) -> ChainVerdict:
    """Judge the chain from its end: the last token at the time of asking, each other one at the time of the next.

    Codes: `renewal-malformed`, `renewal-not-covering` (what comes before is not under this renewal: edited, swapped, or
    in another order), `renewal-data-missing`, `renewal-times-disordered`, `renewal-timestamp-wrong`, and, open,
    `renewal-timestamp-open`. Nothing is raised.
    """
    faults: list[ChainFault] = []
    stores = [_store(at, link, judging, faults) for at, link in enumerate(links, start=1)]
    chain = [first, *(link.stamped for link in links)]
    for at, link in enumerate(links, start=1):
        _check_covers(at, chain[at - 1], link, faults)
    verdicts: list[TokenVerdict] = []
    existed_since = judging.existed_since
    for at in range(len(links), -1, -1):
        is_last = at == len(links)
        # The last head's data speaks for its own unit, too: whoever stamped was known before.
        store = stores[at] if not is_last else _joined(judging.present, stores[-1] if stores else SecurityStore())
        beside = Beside(judging.trust, judging.at, judging.constraints, store, existed_since)
        verdict = verify_token(chain[at].token, chain[at].content, beside)
        if verdict.indication is not Conclusion.PASSED:
            is_open = verdict.indication is Conclusion.INDETERMINATE
            code = "renewal-timestamp-open" if is_open else "renewal-timestamp-wrong"
            faults.append(ChainFault(code, at, verdict.reason or "it cannot be checked", is_open))
        existed_since = verdict.gen_time if verdict.indication is Conclusion.PASSED else None
        verdicts.insert(0, verdict)
    for at, (earlier, later) in enumerate(pairwise(verdict.gen_time for verdict in verdicts), start=1):
        if earlier is not None and later is not None and later < earlier:
            faults.append(ChainFault("renewal-times-disordered", at, "it is older than what it renews"))
    ordered = tuple(sorted(faults, key=lambda fault: fault.at))
    return ChainVerdict(ordered, None if faults else verdicts[0].gen_time)


def store_of(values: Iterable[bytes]) -> SecurityStore:
    """Return validation data (DER certificates, OCSP responses and CRLs) by what each of them is.

    What is none of them proves nothing, and is among the answers that nobody can read.
    """
    certificates, answers = [], []
    for value in values:
        try:
            certificate = load_certificate(value)
            if certificate.subject.hashable and certificate.serial_number:
                certificates.append(certificate)
        except MALFORMED:
            answers.append(value)  # each reader leaves out what is not its own
    return SecurityStore(tuple(certificates), tuple(answers), tuple(answers))


def _store(at: int, link: Link, judging: Judging, faults: list[ChainFault]) -> SecurityStore:
    try:
        named = parse_head(link.stamped.content).data
    except EvidenceError as error:
        faults.append(ChainFault(error.code, at, error.cause))
        return SecurityStore()
    missing = [one for one in named if one not in judging.data]
    if missing:
        faults.append(ChainFault("renewal-data-missing", at, f"{len(missing)} of {len(named)} are not here"))
    return store_of(judging.data[one] for one in named if one in judging.data)


def _check_covers(at: int, earlier: Stamped, link: Link, faults: list[ChainFault]) -> None:
    try:
        head = parse_head(link.stamped.content)
        verify_inclusion(earlier.leaf, link.index, head.size, link.path, head.root)
    except EvidenceError:
        return  # told with its data
    except ProofRefused as error:
        faults.append(ChainFault("renewal-not-covering", at, error.cause))


def _joined(one: SecurityStore, other: SecurityStore) -> SecurityStore:
    return SecurityStore(
        (*one.certificates, *other.certificates),
        (*one.ocsp_responses, *other.ocsp_responses),
        (*one.crls, *other.crls),
    )


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value) is not None


def _malformed() -> EvidenceError:
    return EvidenceError(
        "renewal-malformed", f"the head of a renewal is not one of {SCHEMA}", "get it again from the log"
    )
