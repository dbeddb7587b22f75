"""Admission: a PDF is checked before it may be signed, refused with the reason, and freed of foreign form fields.

`admit` judges, `flatten_form` makes form fields part of the page. SIGNING.md, Creation, is the list of reasons.
"""

from esign.pades.admission.flatten import flatten_form
from esign.pades.admission.gate import Admission, admit
from esign.pades.admission.limits import AdmissionLimits

__all__ = ["Admission", "AdmissionLimits", "admit", "flatten_form"]
