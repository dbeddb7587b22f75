"""The appending stream behaves like the whole file in memory, and never touches the document."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.pades.appending import AppendingStream, open_for_appending


class _ReadOnly(io.BytesIO):
    def write(self, _data: object) -> int:
        raise AssertionError("the document was written to")

    def truncate(self, _size: object = None) -> int:
        raise AssertionError("the document was cut")


steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 40), st.binary(min_size=1, max_size=24)),
        st.tuples(st.just("read"), st.integers(0, 90), st.integers(0, 60)),
        st.tuples(st.just("end"), st.integers(-20, 20), st.just(0)),
        st.tuples(st.just("rest"), st.integers(0, 90), st.just(0)),
    ),
    max_size=30,
)


def _play(stream: io.BytesIO | io.BufferedRandom | AppendingStream, length: int, played: list[tuple]) -> list[object]:  # type: ignore[type-arg]
    """Do the steps and return everything that was seen. Writes go to the tail only, also beyond its end."""
    seen: list[object] = []
    for kind, place, value in played:
        if kind == "write":
            stream.seek(length + place)
            seen.append(stream.write(value))
        elif kind == "read":
            stream.seek(place)
            seen.append(stream.read(value))
        elif kind == "end":
            seen.append(stream.seek(place, io.SEEK_END) if length + place >= 0 else None)
        else:
            stream.seek(place)
            seen.append(stream.read())
        seen.append(stream.tell())
    return seen


@given(st.binary(min_size=20, max_size=60), steps)
def test_it_reads_writes_and_seeks_like_the_whole_file(document: bytes, played: list[tuple]) -> None:  # type: ignore[type-arg]
    whole = io.BytesIO(document)
    stream, appended = open_for_appending(_ReadOnly(document))
    assert _play(stream, len(document), played) == _play(whole, len(document), played)
    stream.flush()
    assert document + appended.appended == whole.getvalue()


@given(st.binary(min_size=20, max_size=60), steps)
def test_it_does_so_without_a_buffer_too(document: bytes, played: list[tuple]) -> None:  # type: ignore[type-arg]
    whole = io.BytesIO(document)
    raw = AppendingStream(_ReadOnly(document))
    expected = _play(whole, len(document), played)
    seen: list[object] = []
    for kind, place, value in played:
        if kind == "read":
            # a raw stream may return less than was asked for, at the seam
            raw.seek(place)
            got = b""
            while len(got) < value and (part := raw.read(value - len(got))):
                got += part
            seen += [got, raw.tell()]
        else:
            seen += _play(raw, len(document), [(kind, place, value)])
    assert seen == expected
    assert document + raw.appended == whole.getvalue()


@given(st.binary(min_size=1, max_size=60), st.data())
def test_writing_into_the_document_is_refused(document: bytes, data: st.DataObject) -> None:
    source = _ReadOnly(document)
    raw = AppendingStream(source)
    raw.seek(data.draw(st.integers(0, len(document) - 1)))
    with pytest.raises(io.UnsupportedOperation):
        raw.write(b"x")
    assert source.getvalue() == document
    assert raw.appended == b""


def test_a_buffered_write_into_the_document_is_refused_too() -> None:
    source = _ReadOnly(b"a document")
    stream, appended = open_for_appending(source)
    stream.seek(3)
    stream.write(b"x")
    with pytest.raises(io.UnsupportedOperation):
        stream.close()
    assert (source.getvalue(), appended.appended) == (b"a document", b"")


def test_a_place_before_the_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        AppendingStream(io.BytesIO(b"a document")).seek(-1)


def test_closing_the_view_leaves_the_document_open() -> None:
    source = io.BytesIO(b"a document")
    stream, _appended = open_for_appending(source)
    stream.close()
    assert not source.closed


def test_values_wider_than_a_byte_are_counted_in_bytes() -> None:
    raw = AppendingStream(io.BytesIO(b""))
    assert raw.write(memoryview(bytes(8)).cast("I")) == 8
    assert (raw.tell(), len(raw.appended)) == (8, 8)
