"""What a photograph tells of itself is read; what is missing or makes no sense is not known."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from claims.risk.facts import Picture
from claims.risk.photo_metadata import read_metadata
from esign.evidence.photo_tags import tags_of
from tests.unit.claims.risk.firing import CHINA, SCENE

HERE = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (31.0, 13.0, 49.44),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (121.0, 28.0, 25.32),
}


def told(software: Any = None, taken: Any = None, offset: Any = None, gps: Any = None) -> Picture:
    """What a JPEG with these members tells, written and read again."""
    exif = Image.Exif()
    if software is not None:
        exif[ExifTags.Base.Software] = software
    inner = {ExifTags.Base.DateTimeOriginal: taken, ExifTags.Base.OffsetTimeOriginal: offset}
    exif.get_ifd(ExifTags.IFD.Exif).update({tag: value for tag, value in inner.items() if value is not None})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG", exif=exif)
    return read_metadata(tags_of(Image.open(io.BytesIO(data.getvalue()))), CHINA)


def test_a_picture_without_metadata_tells_nothing() -> None:
    assert told() == Picture()
    assert read_metadata(tags_of(Image.new("RGB", (8, 8))), CHINA, distance=64) == Picture(distance=64)


def test_time_and_place_are_read() -> None:
    found = told(taken="2026:11:26 12:05:00", offset="+09:00", gps=HERE)
    assert found.taken_at == datetime(2026, 11, 26, 3, 5, tzinfo=UTC)
    assert found.taken_in is not None
    assert found.taken_in.km_to(SCENE) < 0.05


def test_a_clock_without_an_offset_is_taken_for_the_local_one() -> None:
    assert told(taken="2026:11:26 12:05:00").taken_at == datetime(2026, 11, 26, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("software", ["Adobe Photoshop 26.0 (Windows)", "Snapseed 2.0", "美图秀秀", "GIMP 3.0"])
def test_a_program_that_changes_pictures_is_known(software: str) -> None:
    assert told(software=software.encode()).edited is True


@pytest.mark.parametrize("software", ["17.6.1", "HDR+ 1.0.540104767zd", "MediaTek Camera Application"])
def test_a_cameras_own_software_changes_nothing(software: str) -> None:
    assert told(software=software).edited is False


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "", "2026-11-26T12:00:00"])
def test_a_time_that_is_none_is_not_known(taken: str) -> None:
    assert told(taken=taken).taken_at is None


@pytest.mark.parametrize(
    "change",
    [
        {ExifTags.GPS.GPSLatitudeRef: "X"},
        {ExifTags.GPS.GPSLatitude: (95.0, 0.0, 0.0)},
        {ExifTags.GPS.GPSLatitude: (31.0, 13.0)},
        {ExifTags.GPS.GPSLatitude: (IFDRational(31, 0), 0.0, 0.0)},
        {ExifTags.GPS.GPSLatitude: (0.0, 0.0, 0.0), ExifTags.GPS.GPSLongitude: (0.0, 0.0, 0.0)},
    ],
    ids=["no side", "beyond the pole", "no seconds", "divided by nothing", "no fix"],
)
def test_a_place_that_is_none_is_not_known(change: dict[int, object]) -> None:
    assert told(gps={**HERE, **change}).taken_in is None


def test_south_and_west_are_negative() -> None:
    found = told(gps={**HERE, ExifTags.GPS.GPSLatitudeRef: "S", ExifTags.GPS.GPSLongitudeRef: "W"}).taken_in
    assert found is not None
    assert found.latitude < 0
    assert found.longitude < 0


@pytest.mark.parametrize("offset", ["+23:59:59.999999", "+08:00:30", "-14:01", "+15:00"])
def test_a_clock_that_is_nowhere_on_earth_is_not_known(offset: str) -> None:
    assert told(taken="2026:11:27 12:00:00", offset=offset).taken_at is None
    assert told(taken="2026:11:27 12:00:00", offset="-14:00").taken_at is not None
