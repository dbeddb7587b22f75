"""Until when algorithms may be relied upon, as data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from esign.errors import EsignError
from esign.verify.trust.algorithm_constraints import (
    FILE_BYTES_AT_MOST,
    NEVER,
    OPEN,
    AlgorithmUse,
    constraints_from,
    default_constraints,
    load_constraints,
)
from esign.verify.trust.algorithm_uses import key_bits


def day(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("use", "end"),
    [
        (AlgorithmUse("sha256"), OPEN),
        (AlgorithmUse("sha1"), day(2012, 8)),
        (AlgorithmUse("whirlpool"), NEVER),
        (AlgorithmUse("sha256", "rsa", 4096), day(2029, 1)),
        (AlgorithmUse("sha256", "rsa-pss", 2048), day(2029, 1)),
        (AlgorithmUse("sha256", "rsa-pss", 3072), OPEN),
        (AlgorithmUse("sha256", "rsa", 1536), day(2019, 10)),
        (AlgorithmUse("sha1", "rsa", 2048), day(2012, 8)),
        (AlgorithmUse("sha256", "rsa", 512), NEVER),
        (AlgorithmUse("sha256", "ecdsa", 192), day(2012, 8)),
        (AlgorithmUse("sha512", "ecdsa", 528), OPEN),
        (AlgorithmUse("sha512", "unheard-of", 4096), NEVER),
    ],
)
def test_a_use_is_as_good_as_the_weaker_of_its_digest_and_its_key(use: AlgorithmUse, end: datetime) -> None:
    assert default_constraints().end_of(use) == end


def test_several_uses_are_as_good_as_the_weakest() -> None:
    uses = [AlgorithmUse("sha256"), AlgorithmUse("sha1"), AlgorithmUse("md5")]
    assert default_constraints().end_of_all(uses) == day(2004, 8)
    assert default_constraints().end_of_all([]) == OPEN


@pytest.mark.parametrize(
    ("public", "bits"),
    [
        (ec.generate_private_key(ec.SECP256R1()).public_key(), 256),
        (ec.generate_private_key(ec.BrainpoolP384R1()).public_key(), 384),
        (ed25519.Ed25519PrivateKey.generate().public_key(), 256),
        (ed448.Ed448PrivateKey.generate().public_key(), 448),
        (rsa.generate_private_key(65537, 2048).public_key(), 2048),
        (dsa.DSAPublicNumbers(3, dsa.DSAParameterNumbers(2**2047 + 9, 2**255 + 95, 5)).public_key(), 2048),
    ],
    ids=["p256", "brainpool", "ed25519", "ed448", "rsa", "dsa"],
)
def test_a_keys_length_is_that_of_its_modulus_or_curve(public: rsa.RSAPublicKey, bits: int) -> None:
    encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key_bits(keys.PublicKeyInfo.load(encoded)) == bits


def test_a_compressed_point_is_as_long_as_a_whole_one() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    whole = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    info = keys.PublicKeyInfo.load(whole)
    info["public_key"] = keys.ECPointBitString(public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
    assert key_bits(info) == 256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        'source = "x"\nsignatures = []',
        'source = "x"\nsignatures = []\n[digests]\nsha256 = "2029"',
        'source = "x"\nsignatures = []\n[digests]\nsha256 = 2029-01-01T00:00:00Z',
        'source = "x"\nsignatures = [{scheme = "rsa", until = "open"}]\n[digests]\n',
        'source = "x"\nsignatures = [7]\n[digests]\n',
    ],
)
def test_what_is_not_of_the_form_is_refused(text: str) -> None:
    with pytest.raises(EsignError) as refused:
        constraints_from(text)
    assert refused.value.code == "algorithm-constraints-unreadable"


@pytest.mark.parametrize("content", [b"\xff\xfe", b" " * (FILE_BYTES_AT_MOST + 1)])
def test_a_file_that_is_no_text_or_too_long_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "constraints.toml"
    path.write_bytes(content)
    with pytest.raises(EsignError, match=r"constraints\.toml"):
        load_constraints(path)
