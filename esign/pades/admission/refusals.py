"""Why a document is refused, in people's words: one function per stable code, cause first, cure second.

The codes are a promise to programs; the sentences are for the person who holds the file.
"""

from __future__ import annotations

from esign.errors import DocumentRefused

SAVE_AS_PDFA = "export the document again from its source, for example as PDF/A"
PRINT_TO_PDF = "open it, print it to a new PDF and use that one"


def not_pdf() -> DocumentRefused:
    """The first bytes are not a PDF header."""
    return DocumentRefused(
        "document-not-pdf", "the file is not a PDF: it does not begin with %PDF-", "choose the PDF document itself"
    )


def broken(cause: str) -> DocumentRefused:
    """The structure of the file cannot be followed."""
    return DocumentRefused("document-broken", f"the PDF is damaged: {cause}", PRINT_TO_PDF)


def ambiguous(cause: str) -> DocumentRefused:
    """The file can be read in two ways, so two viewers may show different pages, now or after it is signed."""
    return DocumentRefused("document-ambiguous", f"the PDF can be read in more than one way: {cause}", PRINT_TO_PDF)


def too_large(cause: str) -> DocumentRefused:
    """The file has more bytes or pages than is accepted."""
    return DocumentRefused(
        "document-too-large", f"the PDF is too large: {cause}", "split it, or reduce the size of its images"
    )


def too_complex(cause: str) -> DocumentRefused:
    """A count, depth or decompressed size passes its limit."""
    return DocumentRefused("document-too-complex", f"the PDF is too complex to be checked: {cause}", PRINT_TO_PDF)


def encrypted() -> DocumentRefused:
    """The trailer has an encryption dictionary, with or without a password to open."""
    return DocumentRefused(
        "document-encrypted",
        "the PDF is encrypted or protected by permissions",
        "ask its author for the file without password protection",
    )


def certified(cause: str) -> DocumentRefused:
    """A signature in the file forbids every later change."""
    return DocumentRefused(
        "document-certified-no-changes",
        f"{cause}, and that forbids any further change or signature",
        "ask for the document as it was before that signature",
    )


def xfa() -> DocumentRefused:
    """The form is an XFA form, whose pages are made up by the viewer."""
    return DocumentRefused(
        "document-xfa",
        "the PDF contains an XFA form, whose pages look different from program to program",
        PRINT_TO_PDF,
    )


def javascript(where: str) -> DocumentRefused:
    """A script is attached somewhere."""
    return DocumentRefused("document-javascript", f"{where} runs JavaScript", SAVE_AS_PDFA)


def actions(where: str, what: str) -> DocumentRefused:
    """An action other than going to a place in the document or opening a web link."""
    return DocumentRefused("document-actions", f"{where} {what}", SAVE_AS_PDFA)


def optional_content(where: str) -> DocumentRefused:
    """Layers can be switched on and off, so two people may see different pages."""
    return DocumentRefused(
        "document-optional-content",
        f"{where} has layers that can be shown or hidden",
        "flatten the layers, or print the document to a new PDF",
    )


def external_stream(where: str) -> DocumentRefused:
    """Part of what is shown is fetched from another file."""
    return DocumentRefused(
        "document-external-stream",
        f"{where} takes part of its content from another file",
        "export the document again with everything inside, for example as PDF/A",
    )


def annotation(page: int, what: str) -> DocumentRefused:
    """An annotation that is neither a link nor a form field."""
    return DocumentRefused(
        "document-annotations",
        f"page {page} carries {what}",
        "remove comments and attachments from the pages, or print the document to a new PDF",
    )


def font_not_embedded(page: int, font: str) -> DocumentRefused:
    """Visible text is set in a font that the file does not contain."""
    return DocumentRefused(
        "document-font-not-embedded",
        f"page {page} uses {font}, which is not in the file",
        "export the document again with fonts embedded, for example as PDF/A",
    )


def font_unreadable(page: int, font: str) -> DocumentRefused:
    """The embedded font program is empty or no font at all, so viewers would substitute another."""
    return DocumentRefused(
        "document-font-not-embedded",
        f"page {page} uses {font}, whose embedded data is not a font",
        "export the document again with fonts embedded, for example as PDF/A",
    )


def text_notdef(page: int, font: str) -> DocumentRefused:
    """A character code leads to the font's .notdef glyph, so the reader sees a box or nothing."""
    return DocumentRefused(
        "document-text-notdef",
        f"page {page} has text in {font} for which the font has no characters, so it shows as boxes or gaps",
        "choose a font that has these characters and export the document again",
    )


def signed_form(field: str) -> DocumentRefused:
    """Flattening would break the signatures that are there."""
    return DocumentRefused(
        "document-signed-form",
        f"the document is signed already and still has form fields ({field}); they cannot be made fixed "
        "without breaking that signature",
        "ask for the document as it was before it was signed",
    )


def form_without_appearance(page: int, field: str) -> DocumentRefused:
    """A field has a value but no drawing of it, so what is seen is left to the viewer."""
    return DocumentRefused(
        "document-form-without-appearance",
        f"page {page}: the form field {field} has a value but no fixed appearance",
        PRINT_TO_PDF,
    )
