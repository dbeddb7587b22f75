"""Creating and opening the authority's folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ca.authority import (
    EmbeddedAuthority,
    KeyAlgorithm,
    Role,
    create_authority,
    describe_authority,
    open_authority,
)
from ca.authority.profiles import TEST_MARK
from ca.errors import AuthorityError
from ca.trust import Purpose
from tests.authority import PASSPHRASE, create_test_authority, event_request, present_time


@pytest.fixture
def copied(authority: EmbeddedAuthority, folder: Path, tmp_path: Path) -> Path:
    """A copy of the folder, to be damaged."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def refusal(code: str) -> pytest.RaisesExc[AuthorityError]:
    return pytest.RaisesExc(AuthorityError, check=lambda error: error.code == code)


def test_a_second_init_is_refused_and_changes_nothing(authority: EmbeddedAuthority, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with refusal("authority-exists"):
        create_authority(folder, passphrase=PASSPHRASE, clock=present_time)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with refusal("authority-exists"):
        create_authority(tmp_path, passphrase=PASSPHRASE, clock=present_time)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_empty_folder_may_become_the_authority_and_gets_tight(tmp_path: Path) -> None:
    target = tmp_path / "ca"
    target.mkdir(mode=0o755)
    create_test_authority(target)
    assert target.stat().st_mode & 0o777 == 0o700


def test_folders_are_0700_and_files_0600(authority: EmbeddedAuthority, folder: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}
    directories = {path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")] if path.is_dir()}
    assert (modes, directories) == ({0o600}, {0o700})


def test_a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with refusal("authority-unwritable"):
        create_authority(tmp_path / "file" / "ca", passphrase=PASSPHRASE, clock=present_time)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failure_while_writing_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with refusal("authority-unwritable"):
        create_authority(tmp_path / "ca", passphrase=PASSPHRASE, clock=present_time)
    assert list(tmp_path.iterdir()) == []


def test_the_loser_of_two_simultaneous_inits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "ca"
    winner = tmp_path / "winner"
    create_test_authority(winner)
    rename = Path.rename

    def somebody_was_first(path: Path, destination: Path) -> Path:
        shutil.copytree(winner, target)
        return rename(path, destination)

    monkeypatch.setattr(Path, "rename", somebody_was_first)
    with refusal("authority-exists"):
        create_authority(target, passphrase=PASSPHRASE, clock=present_time)
    assert describe_authority(target) == describe_authority(winner)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca", "winner"]


def test_a_wrong_passphrase_is_refused(authority: EmbeddedAuthority, folder: Path) -> None:
    for wrong in (b"another passphrase", PASSPHRASE + b"\n", b"x" * 500):
        with refusal("wrong-passphrase"):
            open_authority(folder, passphrase=wrong, clock=present_time)


def test_an_empty_passphrase_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with refusal("passphrase-empty"):
        create_authority(tmp_path / "ca", passphrase=b"", clock=present_time)
    assert list(tmp_path.iterdir()) == []


def test_no_private_key_lies_in_the_clear(authority: EmbeddedAuthority, folder: Path) -> None:
    key_files = sorted((folder / "keys").iterdir())
    assert [path.stem for path in key_files] == sorted(role.value for role in Role)
    for path in key_files:
        with pytest.raises(TypeError, match="encrypted"):
            load_pem_private_key(path.read_bytes(), None)


def test_opening_works_when_the_operator_took_the_custodian_key_away(copied: Path) -> None:
    (copied / "keys" / "custodian.pem").unlink()
    opened = open_authority(copied, passphrase=PASSPHRASE, clock=present_time)
    custodian = x509.load_der_x509_certificate(opened.custodian_certificate)
    assert "Custodian" in custodian.subject.rfc4514_string()


def test_the_custodian_key_may_have_a_passphrase_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    create_authority(folder, passphrase=PASSPHRASE, clock=present_time, custodian_passphrase=b"only custodian")
    sealed = (folder / "keys" / "custodian.pem").read_bytes()
    with pytest.raises(ValueError, match="password"):
        load_pem_private_key(sealed, PASSPHRASE)
    opened = open_authority(folder, passphrase=PASSPHRASE, clock=present_time)
    key = load_pem_private_key(sealed, b"only custodian")
    assert key.public_key() == x509.load_der_x509_certificate(opened.custodian_certificate).public_key()


@pytest.mark.parametrize("missing", ["authority.json"])
def test_a_folder_without_an_authority_is_told_apart(copied: Path, missing: str) -> None:
    (copied / missing).unlink()
    with refusal("authority-missing"):
        open_authority(copied, passphrase=PASSPHRASE, clock=present_time)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("authority.json", b"{", "authority-damaged"),
        ("authority.json", b'{"format": 1}', "authority-damaged"),
        ("certificates/tsa.pem", b"-----BEGIN", "authority-damaged"),
        ("certificates/seal.pem", None, "authority-damaged"),
        ("keys/tsa.pem", None, "authority-damaged"),
        ("keys/tsa.pem", b"no PEM at all", "key-file-damaged"),
        ("register", None, "register-unreadable"),
        ("register", b"issued what\n", "register-damaged"),
    ],
)
def test_a_damaged_folder_is_not_opened(copied: Path, name: str, content: bytes | None, code: str) -> None:
    if content is None:
        (copied / name).unlink()
    else:
        (copied / name).write_bytes(content)
    with refusal(code):
        open_authority(copied, passphrase=PASSPHRASE, clock=present_time)


def test_a_key_that_belongs_to_another_certificate_is_not_used(copied: Path) -> None:
    shutil.copy(copied / "keys" / "seal.pem", copied / "keys" / "tsa.pem")
    with refusal("authority-damaged"):
        open_authority(copied, passphrase=PASSPHRASE, clock=present_time)


@pytest.mark.parametrize("organization", ["", "长" * 22])
def test_an_organization_that_fits_no_certificate_is_refused(tmp_path: Path, organization: str) -> None:
    with refusal("organization-unusable"):
        create_authority(tmp_path / "ca", passphrase=PASSPHRASE, clock=present_time, organization=organization)


@pytest.mark.parametrize("url", ["", "ftp://ca.example", "http://", "http://ca.example/a b", "http://例子.example"])
def test_a_base_url_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with refusal("base-url-unusable"):
        create_authority(tmp_path / "ca", passphrase=PASSPHRASE, clock=present_time, base_url=url)


def test_the_base_url_is_in_the_certificates(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    create_authority(folder, passphrase=PASSPHRASE, clock=present_time, base_url="https://trust.example/ca/")
    opened = open_authority(folder, passphrase=PASSPHRASE, clock=present_time)
    issued = x509.load_der_x509_certificate(opened.issuer.issue_event_certificate(event_request()).certificate)
    access = issued.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [description.access_location.value for description in access] == [
        "https://trust.example/ca/ocsp",
        "https://trust.example/ca/aia/issuing.cer",
    ]


def test_every_certificate_says_that_it_is_for_testing(authority: EmbeddedAuthority) -> None:
    for role in Role:
        certificate = x509.load_der_x509_certificate(authority.certificate(role))
        assert TEST_MARK in certificate.subject.rfc4514_string()
        (policy,) = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
        assert policy.policy_identifier.dotted_string.startswith("2.25.")
        (notice,) = policy.policy_qualifiers or []
        assert isinstance(notice, x509.UserNotice)
        assert "FOR TESTING ONLY" in (notice.explicit_text or "")


def test_every_certificate_but_the_root_names_where_its_revocation_is_told(authority: EmbeddedAuthority) -> None:
    for role in set(Role) - {Role.ROOT}:
        certificate = x509.load_der_x509_certificate(authority.certificate(role))
        present = {extension.oid for extension in certificate.extensions}
        assert {x509.CRLDistributionPoints.oid, x509.AuthorityInformationAccess.oid} <= present


def test_describing_needs_no_passphrase_and_says_the_same_as_the_open_authority(
    authority: EmbeddedAuthority, folder: Path
) -> None:
    described = describe_authority(folder)
    assert described == authority.describe()
    assert [description.role for description in described] == list(Role)
    assert {description.key_algorithm for description in described} == {KeyAlgorithm.P256}
    assert all(len(description.fingerprint) == 64 for description in described)


def test_the_trust_store_believes_the_root_for_both_purposes(authority: EmbeddedAuthority) -> None:
    store = authority.trust_store()
    assert store.roots(Purpose.SIGNING, present_time()) == authority.roots
    assert store.roots(Purpose.TIMESTAMPING, present_time()) == authority.roots


def test_the_seal_key_signs_for_its_certificate(authority: EmbeddedAuthority) -> None:
    signature = authority.seal.key.sign(b"contract")
    public_key = x509.load_der_x509_certificate(authority.seal.certificate).public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    public_key.verify(signature, b"contract", ec.ECDSA(hashes.SHA256()))
    assert authority.seal.chain[-1] in authority.roots
