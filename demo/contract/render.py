"""From the story to the PDF that is signed; which fonts of the machine it is set in."""

from __future__ import annotations

from pathlib import Path

from esign.errors import EsignError
from esign.pades.typeface import Typeface
from policy.documents import signing_documents
from policy.documents.values import Application
from policy.typefaces import FILES

FONT_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),  # Debian, Ubuntu
    Path("/usr/share/fonts/noto-cjk"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto-cjk"),  # Fedora
)


def find_fonts(folders: tuple[Path, ...] = FONT_FOLDERS) -> Path:
    """Return the folder that holds Noto Serif CJK and Noto Sans CJK, regular and bold.

    Only this folder is read, not every font of the machine: that keeps a rendering under a second.
    Raises EsignError `demo-fonts-missing`, with the package to install.
    """
    for folder in folders:
        if all((folder / file).is_file() for file in FILES):
            return folder
    raise EsignError(
        "demo-fonts-missing",
        "the fonts Noto Serif CJK and Noto Sans CJK are not installed",
        "run: apt-get install fonts-noto-cjk",
    )


def render_contract(application: Application, *, fonts: Path | None = None) -> bytes:
    """Return the documents to sign as PDF bytes (PDF/A-3a, PDF/UA-1), dated on the day of application.

    `fonts` is the folder with the Noto CJK fonts, found by itself if not given. Raises `EsignError`: fonts missing
    (`demo-fonts-missing`), and what `signing_documents` raises.
    """
    folder = find_fonts() if fonts is None else find_fonts((fonts,))
    return signing_documents(application, Typeface(folder / "NotoSansCJK-Regular.ttc", 2))
