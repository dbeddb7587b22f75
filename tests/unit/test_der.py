"""The DER writer against asn1crypto, which reads what it writes."""

from __future__ import annotations

from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from esign.der import NULL, bit_string, element, explicit, integer, object_identifier, octet_string, sequence, set_of

arcs = st.integers(min_value=0, max_value=2**64)
identifiers = st.one_of(
    st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 2**40))
).flatmap(lambda head: st.lists(arcs, max_size=8).map(lambda rest: ".".join(map(str, (*head, *rest)))))


class _SetOfOctetStrings(core.SetOf):  # type: ignore[misc]
    _child_spec = core.OctetString


@given(st.integers(min_value=0, max_value=2**4096))
def test_integers_are_the_same_as_asn1crypto_writes(value: int) -> None:
    assert integer(value) == core.Integer(value).dump()


@given(st.sampled_from([0, 1, 127, 128, 255, 256, 65535, 65536, 70_000]))
def test_lengths_are_definite_and_minimal_at_every_boundary(length: int) -> None:
    content = bytes(length)
    assert octet_string(content) == core.OctetString(content).dump()
    assert core.OctetString.load(octet_string(content), strict=True).native == content


@given(st.binary(max_size=300))
def test_bit_strings_of_whole_octets_are_the_same_as_asn1crypto_writes(content: bytes) -> None:
    assert bit_string(content) == core.OctetBitString(content).dump()


@given(identifiers)
def test_object_identifiers_are_the_same_as_asn1crypto_writes(dotted: str) -> None:
    assert object_identifier(dotted) == core.ObjectIdentifier(dotted).dump()


@given(st.lists(st.binary(max_size=300), max_size=12))
def test_a_set_of_is_in_the_order_that_der_demands(values: list[bytes]) -> None:
    parts = [octet_string(value) for value in values]
    longest = max(map(len, parts), default=0)
    written = set_of(parts)

    # X.690, 11.6: compared as octet strings, the shorter padded with zeros
    expected = sorted(parts, key=lambda part: part.ljust(longest, b"\0"))
    assert written == element(0x31, b"".join(expected))
    assert sorted(_SetOfOctetStrings.load(written, strict=True).native) == sorted(values)


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=6))
def test_a_set_of_does_not_depend_on_the_order_it_is_given(values: list[bytes]) -> None:
    parts = [octet_string(value) for value in values]
    assert set_of(parts) == set_of(reversed(parts))


@given(st.integers(0, 30), st.binary(max_size=200))
def test_explicit_tags_wrap_what_they_hold(number: int, content: bytes) -> None:
    wrapped = explicit(number, octet_string(content))
    assert core.OctetString.load(wrapped, strict=True, explicit=number).native == content


def test_a_sequence_holds_its_parts_in_order() -> None:
    parsed = core.Sequence.load(sequence(integer(5), NULL, octet_string(b"a")), strict=True)
    assert [parsed[0].native, parsed[1].native, parsed[2].native] == [5, None, b"a"]
