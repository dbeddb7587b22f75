"""Finding paths to believed roots: several of them, and in bounded time whatever a file carries."""

from __future__ import annotations

import itertools

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from small_case import CA_USAGE, Case, authority, signature
from small_pki import Holder, certify, leaf, root

from ca.encoding import certificate_digest
from esign.verify.cms.certificates import CertificatePool
from esign.verify.trust.path_building import PATHS_AT_MOST, Path, PathBudget, build_paths

BASIC = x509.BasicConstraints(ca=True, path_length=None)


def paths(certificate: asn1_x509.Certificate, *others: Holder, roots: tuple[Holder, ...] = ()) -> list[Path]:
    believed = [holder.parsed for holder in roots or (root(),)]
    pool = CertificatePool([*believed, *(holder.parsed for holder in others)])
    return build_paths(certificate, [certificate_digest(one) for one in believed], pool, PathBudget())


def test_a_path_begins_with_its_root() -> None:
    issuing = authority("issuing", root())
    signer = certify("signer", issuing)
    found = paths(signer.parsed, issuing)
    assert [[one.subject.native["common_name"] for one in path] for path in found] == [["root", "issuing", "signer"]]


def test_a_root_is_a_path_by_itself() -> None:
    assert [[one.serial_number for one in path] for path in paths(root().parsed)] == [[root().parsed.serial_number]]


def test_who_is_not_signed_by_a_roots_key_has_no_path() -> None:
    impostor = certify("root", None, BASIC, CA_USAGE)
    assert paths(certify("signer", impostor).parsed, impostor) == []
    assert len(paths(leaf().parsed, impostor)) == 1


def test_every_way_to_a_root_is_a_path_and_the_shortest_comes_first() -> None:
    other = certify("other", None, BASIC, CA_USAGE)
    issuing = authority("issuing", root())
    crossed = certify("issuing", other, BASIC, CA_USAGE, key=issuing.key)
    around = certify("root", other, BASIC, CA_USAGE, key=root().key)
    signer = certify("signer", issuing).parsed
    found = paths(signer, issuing, crossed, around, roots=(root(), other))
    assert sorted(len(path) for path in found) == [3, 3, 4]
    assert len(found[0]) == 3


def ring(size: int) -> list[Holder]:
    """So many authorities of one name, each of whom certified each: without end for who follows names."""
    keys = [certify("ring", None, BASIC, CA_USAGE) for _ in range(size)]
    return [certify("ring", below, BASIC, CA_USAGE, key=above.key) for below, above in itertools.permutations(keys, 2)]


def test_authorities_that_certify_one_another_come_to_an_end() -> None:
    members = ring(12)
    signer = certify("signer", members[0])
    assert Case(certificates=members).of(signature(signer)) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_of_very_many_paths_the_shortest_are_enough() -> None:
    members = ring(5)
    into = certify("ring", root(), BASIC, CA_USAGE, key=members[0].key)
    found = paths(certify("signer", members[-1]).parsed, into, *members)
    assert len(found[0]) == min(map(len, found)) == 4
    assert len(found) == PATHS_AT_MOST


def test_what_one_file_may_ask_is_counted_over_all_its_signers() -> None:
    budget = PathBudget(checks=3)
    pool = CertificatePool([root().parsed])
    found = [build_paths(leaf().parsed, [certificate_digest(root().parsed)], pool, budget) for _ in range(4)]
    assert [len(one) for one in found] == [1, 1, 1, 0]
