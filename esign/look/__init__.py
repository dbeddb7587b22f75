"""The look that pages, the API's documents and reports share: kept once."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

FOLDER: Final[Traversable] = files("esign.look") / "static"
TOKENS: Final[Traversable] = FOLDER / "tokens.css"
"""Every colour, face and space that a page may use."""
REPORT: Final[Traversable] = FOLDER / "report.css"
"""The report of a verification, wherever it is shown."""
