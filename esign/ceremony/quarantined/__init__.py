"""Everything that parses or draws an uploaded PDF or picture, run in the quarantine (SECURITY.md, Hostile files).

Each task is a plain function in one of these files, and beside it stands the client that the service calls: same
arguments and results as the function of `esign.pades`, `esign.verify` or `esign.evidence` behind it, after the
quarantine. So the process that holds keys and the database never parses what strangers hand in.
"""

from esign.ceremony.quarantined.documents import PreparedDocument, prepare_document
from esign.ceremony.quarantined.judgement import BOUNDS, Judgement, judge_document
from esign.ceremony.quarantined.material import CarriedMaterial, read_carried_material
from esign.ceremony.quarantined.newest_timestamp import read_newest_timestamp
from esign.ceremony.quarantined.page_images import PageImage, render_pages
from esign.ceremony.quarantined.page_readings import FieldOnPage, find_field, read_page_text
from esign.ceremony.quarantined.photos import (
    PaperReading,
    PhotoReading,
    SceneReading,
    read_paper,
    read_photo,
    read_scene,
)
from esign.ceremony.quarantined.revisions import add_validation_data, open_revision, open_timestamp_revision
from esign.ceremony.quarantined.start import quarantine_in_process, start_document_quarantine
from esign.ceremony.quarantined.verification import SignatureVerdict, Verdict, verify_document

__all__ = [
    "BOUNDS",
    "CarriedMaterial",
    "FieldOnPage",
    "Judgement",
    "PageImage",
    "PaperReading",
    "PhotoReading",
    "PreparedDocument",
    "SceneReading",
    "SignatureVerdict",
    "Verdict",
    "add_validation_data",
    "find_field",
    "judge_document",
    "open_revision",
    "open_timestamp_revision",
    "prepare_document",
    "quarantine_in_process",
    "read_carried_material",
    "read_newest_timestamp",
    "read_page_text",
    "read_paper",
    "read_photo",
    "read_scene",
    "render_pages",
    "start_document_quarantine",
    "verify_document",
]
