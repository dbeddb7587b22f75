"""From a timestamping certificate up to a believed root."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ca.authority.keys import PrivateKey
from ca.authority.profiles import key_usage
from ca.remote.chain import MAX_DEPTH, leads_to_root

NOW = datetime(2025, 6, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


class Signer:
    """A certificate and its key, able to certify others."""

    def __init__(
        self,
        name: str,
        issuer: Signer | None = None,
        *,
        ca: bool = True,
        path_length: int | None = None,
        usage: x509.KeyUsage | None = None,
        until: datetime = NOW + YEAR,
        key: PrivateKey | None = None,
        digest: hashes.SHA256 | hashes.SHA224 | None = None,
        odd_extension: bool = False,
        basic_constraints: bool = True,
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name if issuer else self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - YEAR)
            .not_valid_after(until)
        )
        if basic_constraints:
            builder = builder.add_extension(x509.BasicConstraints(ca, path_length), critical=True)
        if usage is not None:
            builder = builder.add_extension(usage, critical=True)
        if odd_extension:
            odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
            builder = builder.add_extension(odd, critical=True)
        self.certificate = builder.sign((issuer or self).key, digest or hashes.SHA256())


def found(leaf: Signer, others: list[Signer], root: Signer) -> bool:
    return leads_to_root(leaf.certificate, [other.certificate for other in others], [root.certificate], NOW)


def test_a_leaf_under_the_root_itself_is_found() -> None:
    root = Signer("root")
    assert found(Signer("leaf", root, ca=False), [], root)


def test_a_path_through_several_authorities_is_found_in_any_order() -> None:
    root = Signer("root")
    upper = Signer("upper", root)
    lower = Signer("lower", upper)
    leaf = Signer("leaf", lower, ca=False)
    assert found(leaf, [upper, leaf, lower], root)
    assert found(leaf, [lower, upper], root)
    assert not found(leaf, [upper], root)


def test_a_root_that_the_token_brings_is_not_believed() -> None:
    own_root = Signer("root")
    leaf = Signer("leaf", own_root, ca=False)
    assert not found(leaf, [own_root], Signer("root"))


def test_two_authorities_that_certify_each_other_end_nowhere() -> None:
    first = Signer("first")
    second = Signer("second", first)
    crossed = Signer("first", second, key=first.key)
    assert not found(Signer("leaf", second, ca=False), [crossed, second], Signer("root"))


def test_a_leaf_cannot_issue() -> None:
    root = Signer("root")
    for leaf in (
        Signer("middle", root, ca=False),
        Signer("middle", root, basic_constraints=False),
        Signer("middle", root, usage=key_usage(digital_signature=True)),
    ):
        assert not found(Signer("leaf", leaf, ca=False), [leaf], root)


def test_a_path_longer_than_an_authority_allows_is_refused() -> None:
    root = Signer("root", path_length=0)
    middle = Signer("middle", root)
    assert found(Signer("leaf", root, ca=False), [], root)
    assert not found(Signer("leaf", middle, ca=False), [middle], root)


def test_a_path_longer_than_our_own_limit_is_refused() -> None:
    root = Signer("root")
    path = [root]
    for level in range(MAX_DEPTH):
        path.append(Signer(f"ca {level}", path[-1]))
    assert found(Signer("leaf", path[-1], ca=False), path, root)
    path.append(Signer("one more", path[-1]))
    assert not found(Signer("leaf", path[-1], ca=False), path, root)


def test_an_expired_certificate_breaks_the_path() -> None:
    yesterday = NOW - timedelta(days=1)
    root = Signer("root")
    middle = Signer("middle", root, until=yesterday)
    assert not found(Signer("leaf", root, ca=False, until=yesterday), [], root)
    assert not found(Signer("leaf", middle, ca=False), [middle], root)
    expired_root = Signer("root", until=yesterday)
    assert not found(Signer("leaf", expired_root, ca=False), [], expired_root)


def test_a_critical_extension_that_is_not_understood_breaks_the_path() -> None:
    root = Signer("root")
    assert not found(Signer("leaf", root, ca=False, odd_extension=True), [], root)


def test_weak_keys_and_weak_digests_break_the_path() -> None:
    root = Signer("root")
    small = Signer("middle", root, key=rsa.generate_private_key(65537, 1024))  # noqa: S505
    assert not found(Signer("leaf", small, ca=False), [small], root)
    assert not found(Signer("leaf", root, ca=False, digest=hashes.SHA224()), [], root)


def test_many_certificates_of_one_name_are_not_all_tried() -> None:
    root = Signer("root")
    key = ec.generate_private_key(ec.SECP256R1())
    impostors = [Signer("middle", root, key=key) for _ in range(60)]
    middle = Signer("middle", root)
    leaf = Signer("leaf", middle, ca=False)
    assert found(leaf, [middle, *impostors], root)
    assert not found(leaf, [*impostors, middle], root)
