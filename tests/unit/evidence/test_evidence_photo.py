"""Photos: what comes out is a clean, upright JPEG; what is hostile or broken does not come in."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFilter
from PIL.PngImagePlugin import PngInfo

from esign.errors import EvidenceError
from esign.evidence.photo import Photo, PhotoLimits, check_photo, read_photo
from tests.examples import some_of
from tests.signers import face_jpeg

FACE = face_jpeg(1)


def _picture(data: bytes = FACE) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB")


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def _segments(jpeg: bytes) -> list[int]:
    """Return the markers of a JPEG file up to its scan."""
    found, place = [], 2
    while True:
        assert jpeg[place] == 0xFF
        found.append(jpeg[place + 1])
        if jpeg[place + 1] == 0xDA:
            return found
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_each_accepted_kind_comes_out_as_the_same_kind_of_jpeg(form: str) -> None:
    photo = read_photo(_saved(_picture(), form))
    assert (photo.width, photo.height) == (600, 750)
    seen = np.asarray(_picture(photo.jpeg), dtype=float)
    assert abs(seen - np.asarray(_picture(), dtype=float)).mean() < 3


def test_the_result_is_baseline_and_carries_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825)[1] = "N"
    data = _saved(
        _picture(),
        "JPEG",
        exif=exif,
        comment=b"secret comment",
        dpi=(300, 300),
        progressive=True,
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    assert b"secret" in data
    photo = read_photo(data)
    assert b"secret" not in photo.jpeg
    # JFIF header, quantisation tables, baseline frame, Huffman tables, scan: nothing else.
    assert set(_segments(photo.jpeg)) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def test_png_text_is_left_behind() -> None:
    info = PngInfo()
    info.add_text("Author", "secret author")
    assert b"secret" not in read_photo(_saved(_picture(), "PNG", pnginfo=info, dpi=(72, 72))).jpeg


def test_the_same_bytes_give_the_same_photo_and_reading_it_again_keeps_its_size() -> None:
    photo = read_photo(FACE)
    assert photo == read_photo(FACE)
    again = read_photo(photo.jpeg)
    assert (again.width, again.height) == (photo.width, photo.height)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_set_upright(orientation: int) -> None:
    corners = Image.new("RGB", (300, 400), "grey")
    corners.paste("red", (0, 0, 100, 100))
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = corners if turned_back is None else corners.transpose(turned_back)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = read_photo(_saved(stored, "JPEG", exif=exif))
    assert (photo.width, photo.height) == (300, 400)
    red, green, _ = np.asarray(_picture(photo.jpeg))[50, 50]
    assert red > 200
    assert green < 60


@pytest.mark.parametrize("size", [(2400, 3000), (3000, 2400), (8000, 400)])
def test_a_large_photo_is_made_smaller_and_keeps_its_aspect(size: tuple[int, int]) -> None:
    photo = read_photo(_saved(_picture().resize(size), "JPEG", quality=60))
    assert max(photo.width, photo.height) == 960
    assert photo.width / photo.height == pytest.approx(size[0] / size[1], rel=0.02)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "YCbCr"])
def test_every_common_colour_mode_is_read(mode: str) -> None:
    if mode == "I;16":
        grey = np.asarray(_picture().convert("L")).astype(np.uint16) * 257
        data = _saved(Image.fromarray(grey), "PNG")
    else:
        data = _saved(_picture().convert(mode), "JPEG" if mode in {"CMYK", "YCbCr"} else "PNG")
    photo = read_photo(data)
    seen, drawn = (np.asarray(_picture(jpeg).convert("L"), float) for jpeg in (photo.jpeg, FACE))
    assert abs(seen.mean() - drawn.mean()) < (40 if mode == "1" else 8)


def test_what_is_transparent_becomes_white() -> None:
    photo = read_photo(_saved(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG"))
    assert np.asarray(_picture(photo.jpeg)).min() > 250


def test_another_colour_space_is_converted() -> None:
    lab_like = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    place = lab_like.index(b"rXYZ", 128)
    (red,) = struct.unpack(">I", lab_like[place + 4 : place + 8])
    place = lab_like.index(b"gXYZ", 128)
    (green,) = struct.unpack(">I", lab_like[place + 4 : place + 8])
    lab_like[red : red + 20], lab_like[green : green + 20] = (
        lab_like[green : green + 20],
        lab_like[red : red + 20],
    )
    data = _saved(Image.new("RGB", (300, 300), (200, 20, 20)), "PNG", icc_profile=bytes(lab_like))
    red_seen, green_seen, _ = np.asarray(_picture(read_photo(data).jpeg))[150, 150]
    assert green_seen > 150 > red_seen


def test_a_profile_of_another_kind_of_picture_is_left_aside() -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[16:20] = b"CMYK"
    photo = read_photo(_saved(_picture(), "PNG", icc_profile=bytes(profile)))
    assert (photo.width, photo.height) == (600, 750)


def _refusal(data: bytes, limits: PhotoLimits | None = None) -> str:
    with pytest.raises(EvidenceError) as refused:
        read_photo(data, limits=limits or PhotoLimits())
    return refused.value.code


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + bytes(100), b"%PDF-1.7", b"<svg/>", b"\x00\x00\x00\x20ftypheic", b"BM" + FACE],
    ids=["nothing", "GIF", "PDF", "SVG", "HEIC", "BMP before JPEG"],
)
def test_other_kinds_of_files_are_refused(data: bytes) -> None:
    assert _refusal(data) == "photo-format"


def _png(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("edge", [6_400, 10_000, 20_000, 2**31 - 1])
def test_a_small_file_that_claims_a_huge_picture_is_refused_before_decoding(edge: int) -> None:
    assert _refusal(_png(edge, edge)) == "photo-size"


def test_a_huge_compressed_text_is_refused() -> None:
    bomb = zlib.compress(bytes(80_000_000), 9)
    chunk = b"zTXt" + b"k\x00\x00" + bomb
    whole = _png(300, 300, bytes(300 * 901))
    chunk = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert _refusal(whole[:33] + chunk + whole[33:]) == "photo-broken"


def test_too_many_bytes_are_refused() -> None:
    assert _refusal(FACE + bytes(15 * 1024 * 1024)) == "photo-size"
    assert _refusal(FACE, PhotoLimits(bytes_at_most=1_000)) == "photo-size"
    assert _refusal(FACE, PhotoLimits(pixels_at_most=449_999)) == "photo-size"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_breaks_off_is_refused_wherever_it_does(form: str) -> None:
    data = _saved(_picture().resize((120, 150)), form)
    for end in range(12, len(data) - 16, max(1, len(data) // 60)):
        assert _refusal(data[:end]) == "photo-broken"


@settings(max_examples=some_of(60), deadline=None)
@given(st.sampled_from(("JPEG", "PNG", "WEBP")), st.data())
def test_damaged_pictures_are_read_or_refused_with_a_code_of_ours(form: str, data: st.DataObject) -> None:
    damaged = bytearray(_saved(_picture().resize((60, 75)), form))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(12, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = read_photo(bytes(damaged))
    except EvidenceError as refused:
        assert refused.code in {"photo-broken", "photo-size", "photo-animated"}
    else:
        assert _picture(photo.jpeg).size == (photo.width, photo.height)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(form: str) -> None:
    first, second = _picture().resize((60, 75)), _picture(face_jpeg(2)).resize((60, 75))
    assert _refusal(_saved(first, form, save_all=True, append_images=[second])) == "photo-animated"


def test_a_phones_jpeg_with_a_second_picture_is_read_as_its_first() -> None:
    data = _saved(_picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (80, 80))])
    photo = read_photo(data)
    assert (photo.width, photo.height) == (600, 750)


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    archive = b"PK\x03\x04 hidden archive <script>alert(1)</script>"
    for form in ("JPEG", "PNG"):
        assert b"hidden" not in read_photo(_saved(_picture(), form) + archive).jpeg


def test_drawn_faces_have_no_shortcoming() -> None:
    assert [check_photo(read_photo(face_jpeg(seed))) for seed in range(12)] == [()] * 12


def _lit(factor: float, lift: float) -> bytes:
    return _saved(_picture().point(lambda level: level * factor + lift), "PNG")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_saved(_picture().resize((120, 150)), "PNG"), "photo-too-small"),
        (_lit(0.12, 0), "photo-too-dark"),
        (_lit(0.15, 215), "photo-too-bright"),
        (_saved(Image.new("RGB", (600, 750), (120, 120, 120)), "PNG"), "photo-nothing-seen"),
        (_saved(_picture().filter(ImageFilter.GaussianBlur(9)), "PNG"), "photo-blurred"),
    ],
)
def test_a_photo_that_does_not_show_the_face_gets_its_reason(data: bytes, code: str) -> None:
    assert [found.code for found in check_photo(read_photo(data))] == [code]


def test_a_photo_taken_in_a_dim_room_will_do() -> None:
    assert check_photo(read_photo(_lit(0.55, 0))) == ()


def test_repr_does_not_show_the_photo() -> None:
    assert repr(Photo(b"\xff\xd8picture", 3, 4)) == "Photo(width=3, height=4)"
