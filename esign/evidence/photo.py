"""A photo of a face: decoded under limits, set upright, cleaned of everything but its pixels, and judged."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, ImageOps

from esign.errors import EvidenceError
from esign.evidence.shortcoming import Shortcoming


@dataclass(frozen=True)
class PhotoLimits:
    """What is accepted and made: bytes and pixels at most, the longer edge (px) and JPEG quality of the result."""

    bytes_at_most: int = 15 * 1024 * 1024
    pixels_at_most: int = 40_000_000
    edge_at_most: int = 960
    quality: int = 84


@dataclass(frozen=True)
class Photo:
    """An upright sRGB photo as baseline JPEG without any metadata; `width` and `height` in pixels."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int


_DEFAULT_LIMITS = PhotoLimits()
_ORIENTATION = 0x0112
_BASELINE_FRAME = 0xC0
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation (CIPA DC-008) to the turn that sets the picture upright."""

# What Pillow's decoders raise on broken input.
_BROKEN_PICTURE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    EOFError,
    struct.error,
    zlib.error,
    ImageCms.PyCMSError,
)
# Pillow warns at twice our limit and raises at four times; both are refusals here.
_TOO_MANY_PIXELS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def read_photo(data: bytes, *, limits: PhotoLimits = _DEFAULT_LIMITS) -> Photo:
    """Decode a JPEG, PNG or WebP file (told by its content, not its name) and make it a `Photo`.

    The same bytes give the same photo. Whatever else the file holds (EXIF, profiles, comments, data after the
    picture's end) is left behind. Raises `EvidenceError`: `photo-size` (bytes or pixels over the limits),
    `photo-format` (another kind of file), `photo-animated`, `photo-broken`.
    """
    if len(data) > limits.bytes_at_most:
        _refuse_size(f"it has {len(data)} bytes, more than {limits.bytes_at_most}", limits)
    picture_format = _sniff(data)
    try:
        with Image.open(io.BytesIO(data), formats=[picture_format]) as picture:
            if picture.width * picture.height > limits.pixels_at_most:
                _refuse_size(f"it has {picture.width} x {picture.height} pixels", limits)
            # A phone's multi-picture JPEG has its preview as a second frame: that is no animation.
            if picture_format != "JPEG" and getattr(picture, "n_frames", 1) > 1:
                raise EvidenceError("photo-animated", "the photo is a moving picture", "send a single still photo")
            return _encode(_upright_srgb(picture, limits), limits)
    except _TOO_MANY_PIXELS:
        _refuse_size("it has far too many pixels", limits)
    except _BROKEN_PICTURE as error:
        raise EvidenceError(
            "photo-broken", "the photo file is damaged or incomplete", "take the photo again and send it anew"
        ) from error


def photo_of(jpeg: bytes) -> Photo:
    """Return a photo that `read_photo` made before, from its JPEG; nothing is decoded but the size.

    Raises `EvidenceError` (`photo-broken`) if it is not a baseline JPEG.
    """
    place = 2
    while jpeg[:2] == b"\xff\xd8" and place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        if jpeg[place + 1] == _BASELINE_FRAME:
            height, width = struct.unpack_from(">HH", jpeg, place + 5)
            return Photo(jpeg, width, height)
        place += 2 + struct.unpack_from(">H", jpeg, place + 2)[0]
    raise EvidenceError("photo-broken", "the photo is not a baseline JPEG", "take the photo again")


def check_photo(photo: Photo) -> tuple[Shortcoming, ...]:
    """Return what is wanting in the photo, the most telling first: size, light, something to see, sharpness."""
    with Image.open(io.BytesIO(photo.jpeg), formats=["JPEG"]) as picture:
        picture.draft("L", picture.size)  # the decoder leaves the colours out
        grey = picture.convert("L")
    if min(grey.size) < _SHORT_EDGE_AT_LEAST:
        return (_TOO_SMALL,)
    grey = ImageOps.contain(grey, (_JUDGED_EDGE, _JUDGED_EDGE), Image.Resampling.BOX)
    mean, variance = _moments(np.asarray(grey))
    if mean < _MEAN_AT_LEAST:
        return (_TOO_DARK,)
    if mean > _MEAN_AT_MOST:
        return (_TOO_BRIGHT,)
    if variance < _SPREAD_AT_LEAST**2:
        return (_NOTHING_SEEN,)
    light = np.asarray(grey, dtype=np.int16)
    laplacian = -4 * light[1:-1, 1:-1]
    for neighbours in (light[:-2, 1:-1], light[2:, 1:-1], light[1:-1, :-2], light[1:-1, 2:]):
        laplacian += neighbours
    if _moments(laplacian)[1] < _SHARPNESS_AT_LEAST:
        return (_BLURRED,)
    return ()


def _moments(values: npt.NDArray[np.uint8] | npt.NDArray[np.int16]) -> tuple[float, float]:
    """Return mean and variance, of whole numbers by whole numbers: a table of floats would take four times the room."""
    mean = int(values.sum(dtype=np.int64)) / values.size
    return mean, int(np.square(values, dtype=np.int32).sum(dtype=np.int64)) / values.size - mean**2


_SHORT_EDGE_AT_LEAST = 240
_JUDGED_EDGE = 480
_MEAN_AT_LEAST, _MEAN_AT_MOST = 45.0, 225.0
_SPREAD_AT_LEAST = 10.0
_SHARPNESS_AT_LEAST = 30.0

_TOO_SMALL = Shortcoming(
    "photo-too-small",
    "照片太小，看不清面容。请靠近一些，再拍一张。",
    "The photo is too small to see the face. Please come closer and take it again.",
)
_TOO_DARK = Shortcoming(
    "photo-too-dark",
    "光线太暗，看不清面容。请到亮一点的地方，再拍一张。",
    "It is too dark to see the face. Please go where there is more light and take it again.",
)
_TOO_BRIGHT = Shortcoming(
    "photo-too-bright",
    "光线太亮，看不清面容。请避开强光，再拍一张。",
    "It is too bright to see the face. Please turn away from the strong light and take it again.",
)
_NOTHING_SEEN = Shortcoming(
    "photo-nothing-seen",
    "照片里什么也看不出来。请看看镜头有没有被挡住，再拍一张。",
    "Nothing can be seen in the photo. Please check that nothing covers the camera and take it again.",
)
_BLURRED = Shortcoming(
    "photo-blurred",
    "照片有些模糊。请拿稳手机，擦一擦镜头，再拍一张。",
    "The photo is blurred. Please wipe the lens, hold the phone still and take it again.",
)


def _sniff(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise EvidenceError("photo-format", "the file is not a JPEG, PNG or WebP picture", "send the photo as JPEG")


def _upright_srgb(picture: Image.Image, limits: PhotoLimits) -> Image.Image:
    orientation = picture.getexif().get(_ORIENTATION)
    profile = picture.info.get("icc_profile")
    if picture.format in {"JPEG", "MPO"}:
        # Lets the decoder shrink by a power of two, so that a 40 MP photo does not take 120 MB.
        picture.draft(None, (2 * limits.edge_at_most, 2 * limits.edge_at_most))
    picture.load()
    colours = _srgb(picture, profile)
    if orientation in _TRANSPOSITIONS:
        colours = colours.transpose(_TRANSPOSITIONS[orientation])
    if max(colours.size) > limits.edge_at_most:
        colours = ImageOps.contain(colours, (limits.edge_at_most,) * 2, Image.Resampling.LANCZOS)
    return colours


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda level: level / 257, "L")
    if "A" in picture.mode or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        picture = Image.new("RGB", layered.size, "white")
        picture.paste(layered, mask=layered.getchannel("A"))
    elif picture.mode not in {"L", "RGB", "CMYK"}:
        picture = picture.convert("RGB")
    if profile and _describes(profile, picture.mode):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        if converted is not None:
            return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _describes(profile: bytes, mode: str) -> bool:
    """Tell whether the ICC profile's colour space (header bytes 16 to 19) is the picture's; others are left aside."""
    return profile[16:20] == {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}[mode]


def _encode(picture: Image.Image, limits: PhotoLimits) -> Photo:
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)  # a copy without `info`, which the encoder would write out as metadata
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=limits.quality, optimize=True, progressive=False)
    return Photo(out.getvalue(), bare.width, bare.height)


def _refuse_size(cause: str, limits: PhotoLimits) -> NoReturn:
    raise EvidenceError(
        "photo-size",
        f"the photo is too large: {cause}",
        f"send at most {limits.bytes_at_most} bytes and {limits.pixels_at_most} pixels",
    )
