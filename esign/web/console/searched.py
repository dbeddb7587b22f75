"""What somebody looked for, carried in the address of the list without being readable there.

Names and phones must not stand in addresses: those are kept in histories and logs. The words are sealed for the session
of whoever typed them, so that paging, going back and choosing a state are plain links, and nothing is stored.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from esign.desk.lists import WORDS_AT_MOST
from esign.infra.encryption import seal, unseal
from esign.infra.errors import SealedDataError
from esign.infra.keystore import KeyStore
from esign.staff.actors import Caller

_PURPOSE: Final = "search in the console"


def seal_words(keys: KeyStore, caller: Caller, words: str) -> str:
    """Return what stands for the words in an address, empty for none."""
    plain = words.strip()[:WORDS_AT_MOST]
    if not plain:
        return ""
    sealed = seal(_key(keys, caller), _PURPOSE, plain.encode("utf-8", "replace"))
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")


def unseal_words(keys: KeyStore, caller: Caller, text: str) -> str:
    """Return the words again; empty where they are of another session, or none of ours."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return unseal(_key(keys, caller), _PURPOSE, sealed).decode("utf-8")
    except (binascii.Error, ValueError, SealedDataError):
        return ""


def _key(keys: KeyStore, caller: Caller) -> bytes:
    return keys.token_digest(_PURPOSE, caller.session.encode("ascii"))
