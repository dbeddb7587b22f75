"""Where `esign verify` puts the pictures of pages that look different than when they were signed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from esign.errors import OutputError
from esign.verify import PageDifference


def write_pictures(folder: Path, pictures: Sequence[PageDifference]) -> list[Path]:
    """Write three PNGs for each page into the folder, which is made where it is missing, and return their paths.

    `01-page-3-before.png`, `01-page-3-after.png`, `01-page-3-difference.png`: numbered, for several signatures may
    show one page. Raises `OutputError` with code `pictures-not-written`.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(pictures, start=1):
            for name, data in (
                ("before", picture.before),
                ("after", picture.after),
                ("difference", picture.difference),
            ):
                path = folder / f"{number:02}-page-{picture.page}-{name}.png"
                path.write_bytes(data)
                written.append(path)
    except OSError as error:
        raise OutputError(
            "pictures-not-written",
            f"the pictures cannot be written to {folder} ({error.strerror})",
            "name a folder that can be written to",
        ) from error
    return written
