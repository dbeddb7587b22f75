"""What proves a signature later: asked for at the right time, each thing once, nothing bad accepted."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate, load_der_x509_crl, ocsp
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import RevocationReason
from esign.errors import SigningError
from esign.pades.revision import add_validation_data
from esign.pades.validation_data import ValidationData, collect_validation_data, require_good_answers
from tests.authority import SettableClock, create_test_authority, event_request
from tests.tools import run_tool

some = st.lists(st.binary(max_size=3), max_size=5).map(tuple)


@dataclass
class Answers:
    """A revocation source that gives the same answers always and remembers what was asked."""

    answer: bytes | None = None
    revocation_list: bytes | None = None
    asked: list[tuple[bytes, bytes]] = field(default_factory=list)
    lists_asked: list[tuple[bytes, bytes | None]] = field(default_factory=list)

    def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
        self.asked.append((certificate, issuer))
        return self.answer

    def crl(self, issuer: bytes, *, covering: bytes | None = None) -> bytes | None:
        self.lists_asked.append((issuer, covering))
        return self.revocation_list


def seal_chain(authority: EmbeddedAuthority) -> tuple[bytes, ...]:
    return (authority.seal.certificate, *authority.seal.chain)


def test_every_certificate_but_the_root_is_asked_about(authority: EmbeddedAuthority) -> None:
    chain = seal_chain(authority)
    source = Answers(answer=b"answer")
    data = collect_validation_data([chain], source)
    assert source.asked == [(chain[0], chain[1]), (chain[1], chain[2])]
    assert data == ValidationData(chain, (b"answer",), ())


def test_a_certificate_in_two_chains_is_asked_about_once(authority: EmbeddedAuthority) -> None:
    chain = seal_chain(authority)
    source = Answers(answer=b"answer")
    assert collect_validation_data([chain, chain, chain[1:]], source).certificates == chain
    assert len(source.asked) == 2


def test_where_there_is_no_responder_the_crl_serves(authority: EmbeddedAuthority) -> None:
    chain = seal_chain(authority)
    source = Answers(revocation_list=b"list")
    data = collect_validation_data([chain], source)
    assert (data.ocsp_responses, data.crls) == ((), (b"list",))
    assert source.lists_asked == [(chain[1], chain[0]), (chain[2], chain[1])]


def test_the_real_authority_answers_for_the_whole_chain(authority: EmbeddedAuthority) -> None:
    data = collect_validation_data([seal_chain(authority)], authority.revocation)
    (answer,) = [ocsp.load_der_ocsp_response(der) for der in data.ocsp_responses]
    (revocation_list,) = [load_der_x509_crl(der) for der in data.crls]
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    issuing = load_der_x509_certificate(authority.seal.chain[0])
    assert revocation_list.get_revoked_certificate_by_serial_number(issuing.serial_number) is None


def test_an_issuer_that_says_nothing_is_an_error_that_names_the_certificate(authority: EmbeddedAuthority) -> None:
    with pytest.raises(SigningError, match="FOR TESTING ONLY") as caught:
        collect_validation_data([seal_chain(authority)], Answers())
    assert caught.value.code == "revocation-data-missing"


def test_a_source_that_is_down_speaks_for_itself(authority: EmbeddedAuthority) -> None:
    class Down(Answers):
        def ocsp(self, certificate: bytes, issuer: bytes) -> bytes | None:
            raise TrustServiceUnavailable("ocsp-down", f"no answer on {len(certificate + issuer)} bytes", "try again")

    with pytest.raises(TrustServiceUnavailable):
        collect_validation_data([seal_chain(authority)], Down())


@given(some, some, some, some)
def test_adding_keeps_the_order_and_everything_once(
    a: tuple[bytes, ...], b: tuple[bytes, ...], c: tuple[bytes, ...], d: tuple[bytes, ...]
) -> None:
    total = ValidationData(a, b, c) + ValidationData(d, a, b)
    for found, parts in ((total.certificates, a + d), (total.ocsp_responses, b + a), (total.crls, c + b)):
        assert found == tuple(dict.fromkeys(parts))
    assert total + total == total
    assert ValidationData() + total == total


def answer_about(authority: EmbeddedAuthority, certificate: bytes) -> bytes:
    answer = authority.revocation.ocsp(certificate, authority.seal.chain[0])
    assert answer is not None
    return answer


def test_a_good_answer_of_now_is_accepted(authority: EmbeddedAuthority) -> None:
    answer = answer_about(authority, authority.seal.certificate)
    require_good_answers([answer], not_before=ocsp.load_der_ocsp_response(answer).this_update_utc)


def test_an_answer_older_than_the_timestamp_is_stale(authority: EmbeddedAuthority) -> None:
    answer = answer_about(authority, authority.seal.certificate)
    late = ocsp.load_der_ocsp_response(answer).this_update_utc + timedelta(seconds=1)
    with pytest.raises(SigningError) as caught:
        require_good_answers([answer], not_before=late)
    assert caught.value.code == "revocation-answer-stale"


def test_one_bad_answer_among_good_ones_is_enough(tmp_path: Path) -> None:
    authority = create_test_authority(tmp_path / "ca", now=SettableClock())
    issued = authority.issuer.issue_event_certificate(event_request())
    serial = ocsp.load_der_ocsp_response(answer_about(authority, issued.certificate)).serial_number
    good = answer_about(authority, authority.seal.certificate)
    authority.issuer.revoke(serial, RevocationReason.CESSATION_OF_OPERATION)
    bad = answer_about(authority, issued.certificate)
    with pytest.raises(SigningError, match=f"{serial:X}") as caught:
        require_good_answers([good, bad], not_before=datetime(2020, 1, 1, tzinfo=UTC))
    assert caught.value.code == "certificate-revoked"


def test_an_answer_that_is_an_error_is_refused() -> None:
    busy = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(SigningError, match="TRY_LATER") as caught:
        require_good_answers([busy.public_bytes(Encoding.DER)], not_before=datetime(2020, 1, 1, tzinfo=UTC))
    assert caught.value.code == "revocation-answer-refused"


@pytest.mark.parametrize("rubbish", [b"", b"\x30\x03\x02\x01\x00", b"<html>busy</html>"])
def test_an_answer_that_is_none_is_refused(rubbish: bytes) -> None:
    with pytest.raises(SigningError) as caught:
        require_good_answers([rubbish], not_before=datetime(2020, 1, 1, tzinfo=UTC))
    assert caught.value.code == "revocation-answer-refused"


def store_of(pdf: bytes) -> dict[str, list[bytes]]:
    store = PdfFileReader(io.BytesIO(pdf)).root["/DSS"]
    return {key: [reference.get_object().data for reference in store[key]] for key in store if key != "/Type"}


def test_the_store_holds_what_was_collected(contract: bytes, tmp_path: Path) -> None:
    data = ValidationData((b"c1", b"c2"), (b"o1",), (b"l1",))
    pdf = contract + add_validation_data(io.BytesIO(contract), data)
    assert store_of(pdf) == {"/Certs": [b"c1", b"c2"], "/OCSPs": [b"o1"], "/CRLs": [b"l1"]}
    path = tmp_path / "store.pdf"
    path.write_bytes(pdf)
    run_tool("qpdf", "--check", path)


def test_what_is_in_the_store_is_kept_and_nothing_is_written_twice(contract: bytes) -> None:
    first = contract + add_validation_data(io.BytesIO(contract), ValidationData((b"c1",), (b"o1",), ()))
    more = ValidationData((b"c1", b"c2"), (b"o2",), (b"l1",))
    second = first + add_validation_data(io.BytesIO(first), more)
    assert store_of(second) == {"/Certs": [b"c1", b"c2"], "/OCSPs": [b"o1", b"o2"], "/CRLs": [b"l1"]}


def test_an_empty_store_has_no_empty_lists(contract: bytes) -> None:
    assert store_of(contract + add_validation_data(io.BytesIO(contract), ValidationData())) == {}
