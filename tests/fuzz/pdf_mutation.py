"""Changes PDF files in ways that keep them readable, so that fuzzing gets past the surface of the reader."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from random import Random
from typing import Final

from tests.fuzz.der_mutation import mutate_der

TOKEN: Final = re.compile(rb"/[^\x00-\x20/<>\[\]()%{}]*|-?\d+\.?\d*|<<|>>|[\[\]]|[A-Za-z]+|\([^()]{0,80}\)")
OBJECT: Final = re.compile(rb"(?<!\d)(\d{1,6}) (\d{1,5}) obj\b(.{0,20000}?)\bendobj", re.DOTALL)
CONTENTS: Final = re.compile(rb"/Contents\s*<([0-9A-Fa-f]{64,})>")
DEFLATED: Final = re.compile(rb"/FlateDecode.{0,200}?stream\r?\n(.{1,20000}?)\r?\nendstream", re.DOTALL)
STARTXREF: Final = re.compile(rb"startxref\s*(\d{1,9})")
ROOT: Final = re.compile(rb"/Root\s*(\d{1,6}) (\d{1,5}) R")
WORDS: Final = (
    b"/AcroForm /Fields /Kids /Parent /T /FT /Sig /Tx /Btn /Ch /V /AP /N /D /R /AS /Rect /F /Ff /P /Annots /Annot "
    b"/Subtype /Widget /FreeText /Stamp /Link /Popup /Type /Catalog /Pages /Page /Count /Contents /Resources /Font "
    b"/XObject /MediaBox /CropBox /Rotate /ByteRange /Filter /SubFilter /ETSI.CAdES.detached /adbe.pkcs7.detached "
    b"/adbe.pkcs7.sha1 /adbe.x509.rsa_sha1 /ETSI.RFC3161 /DocTimeStamp /Reason /Name /M /Reference "
    b"/TransformMethod /TransformParams /DocMDP /FieldMDP /UR3 /Perms /Action /All /Include /Exclude /Lock "
    b"/SigFieldLock /SV /DSS /Certs /OCSPs /CRLs /VRI /Extensions /ESIC /Names /EmbeddedFiles /AF /EF /Filespec "
    b"/OpenAction /AA /S /JavaScript /JS /URI /GoTo /StructTreeRoot /MarkInfo /Metadata /OCProperties /OCGs "
    b"/XRefStm /Prev /Size /Root /Info /ID /Encrypt /W /Index /ObjStm /XRef /First /Extends /Length /FlateDecode "
    b"/ASCIIHexDecode /ASCII85Decode /LZWDecode /Crypt /DecodeParms /Predictor /Columns /Identity /StdCF /CF /StmF "
    b"/StrF /EncryptMetadata /XFA /NeedAppearances /SigFlags /DA /DR /MK /Q /Opt /I /MaxLen null true false obj "
    b"endobj stream endstream xref trailer startxref R n f %%EOF << >> [ ] ( ) < > 0 -1 1 2 3 65535 2147483647 "
    b"4294967296 99999999999 0.5 [0 0 200 200] () <> <<>> [] 1 0 R 3 0 R 6 0 R (\\376\\377)"
).split(b" ")

Change = Callable[[bytes, Random], bytes]


def change_token(data: bytes, rng: Random) -> bytes:
    """Replace, remove or double one token; in its place comes a word of the language or another token of the file."""
    start = rng.randrange(max(1, len(data)))
    found = TOKEN.search(data, start) or TOKEN.search(data)
    if found is None:
        return data + rng.choice(WORDS)
    way = rng.randrange(5)
    if way == 0:
        new = b""
    elif way == 1:
        new = found.group() + b" " + found.group()
    elif way == 2:
        other = TOKEN.search(data, rng.randrange(max(1, len(data))))
        new = other.group() if other else b" "
    elif way == 3 and found.group().lstrip(b"-").isdigit():
        new = b"%d" % (int(found.group()[:9]) + rng.choice((-2, -1, 1, 2, 7, 256)))
    else:
        new = rng.choice(WORDS)
    return data[: found.start()] + new + data[found.end() :]


def append_update(data: bytes, rng: Random) -> bytes:
    """Append a revision: one to three objects, changed or exchanged, with or without rows that list them."""
    objects = OBJECT.findall(data)
    last = STARTXREF.findall(data)
    root = ROOT.findall(data)
    if not objects or not last or not root:
        return change_token(data, rng)
    out = bytearray(data)
    rows: list[bytes] = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        number, generation, body = rng.choice(objects)
        if rng.random() < 0.2:
            body = rng.choice(objects)[2]
        if rng.random() < 0.1:
            number = b"%d" % rng.randrange(1, 40)
        for _ in range(rng.randrange(3)):
            body = change_token(body, rng)
        listed = rng.random()
        if listed < 0.85:
            rows.append(b"%d 1\n%010d %05d n \n" % (int(number), len(out), min(int(generation), 65535)))
        elif listed < 0.9:
            rows.append(b"%d 1\n0000000000 00001 f \n" % int(number))
        out += b"%s %s obj%sendobj\n" % (number, generation, body)
    numbers, generations = root[-1]
    extra = rng.choice((b"", b"", b"", b"/XRefStm %d" % rng.randrange(len(out)), b"/Info 1 0 R", b"/ID[<01><02>]"))
    start = len(out)
    out += b"xref\n%s" % (b"".join(rows) or b"0 0\n")
    size = rng.choice((40, 40, 40, 5, 100))
    prev = last[-1] if rng.random() < 0.95 else rng.choice(last)
    out += b"trailer\n<</Size %d/Root %s %s R/Prev %s%s>>\n" % (size, numbers, generations, prev, extra)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def index_anew(data: bytes, rng: Random) -> bytes:
    """Change a token, then append a table that lists every object where it now lies."""
    data = change_token(data, rng)
    root = ROOT.findall(data)
    found = {int(one.group(1)): one.start() for one in OBJECT.finditer(data)}
    if not found or not root:
        return data
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % item for item in sorted(found.items()))
    trailer = b"trailer\n<</Size %d/Root %s %s R>>\n" % (max(found) + 1, *root[-1])
    return data + b"xref\n" + rows + trailer + b"startxref\n%d\n%%%%EOF\n" % len(data)


def change_signature_value(data: bytes, rng: Random) -> bytes:
    """Change one signature's CMS and write it back in the same place."""
    places = list(CONTENTS.finditer(data))
    if not places:
        return change_token(data, rng)
    place = rng.choice(places)
    digits = place.group(1)
    encoded = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")).rstrip(b"\0")
    changed = mutate_der(encoded, rng).hex().encode()[: len(digits)]
    return data[: place.start(1)] + changed.ljust(len(digits), b"0") + data[place.end(1) :]


def change_stream(data: bytes, rng: Random) -> bytes:
    """Change what a deflated stream holds; its length is kept where the new one fits."""
    places = list(DEFLATED.finditer(data))
    if not places:
        return change_token(data, rng)
    place = rng.choice(places)
    try:
        plain = zlib.decompressobj().decompress(place.group(1), 1 << 18)
    except zlib.error:
        return change_token(data, rng)
    changed = change_bytes(plain, rng) if rng.random() < 0.5 else change_token(plain, rng)
    if rng.random() < 0.02:
        changed *= 64
    packed = zlib.compress(changed[: 1 << 20], 9)
    room = len(place.group(1))
    packed = packed.ljust(room, b"\n")
    return data[: place.start(1)] + packed + data[place.end(1) :]


def change_bytes(data: bytes, rng: Random) -> bytes:
    """Change, remove or repeat a few bytes anywhere."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        position = rng.randrange(max(1, len(out)))
        way = rng.randrange(4)
        if way == 0 and position < len(out):
            out[position] = rng.randrange(256)
        elif way == 1:
            del out[position : position + rng.choice((1, 2, 16, 200))]
        elif way == 2:
            out[position:position] = out[position : position + rng.choice((1, 8, 100))]
        elif position < len(out):
            out[position] ^= 1 << rng.randrange(8)
    return bytes(out)


def move_part(data: bytes, rng: Random) -> bytes:
    """Write a part of the file again in another place."""
    if not data:
        return data
    start = rng.randrange(len(data))
    part = data[start : start + rng.choice((20, 200, 2000))]
    target = len(data) if rng.random() < 0.4 else rng.randrange(len(data))
    return data[:target] + part + data[target:]


_CHANGES: Final[tuple[Change, ...]] = (
    change_token,
    change_token,
    append_update,
    append_update,
    append_update,
    append_update,
    index_anew,
    change_signature_value,
    change_signature_value,
    change_stream,
    change_bytes,
    move_part,
)


def mutate_pdf(data: bytes, rng: Random) -> bytes:
    """Return the file with one to three changes."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        data = rng.choice(_CHANGES)(data, rng)
    return data
