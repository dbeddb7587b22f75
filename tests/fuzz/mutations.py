"""How the files of each target are changed by their structure."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from tests.fuzz.der_mutation import mutate_der
from tests.fuzz.pdf_mutation import mutate_pdf
from tests.fuzz.zip_mutation import mutate_zip

MUTATIONS: Final[dict[str, Callable[[bytes, Random], bytes]]] = {
    "reader": mutate_pdf,
    "cms": mutate_der,
    "revocation": mutate_der,
    "container": mutate_zip,
}
