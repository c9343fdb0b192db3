"""Signatures in PDF files (PAdES): reads, judges and makes them. ETSI EN 319 142-1.

- `read`: reads a file, with all below; `budget`: pyHanko's reader, which counts its work
- `ranges`: which bytes are covered
- `appended_bytes`: whether all readers find the same after the signed bytes
- `allowed_changes`: changes after signing, by `allowed_change_rules` and `visibility`
- `objects`: values of objects
- `findings`: what was read, as values; `judge`: the verdicts
- `later_signatures`: whether a later signature covers what was added
- `make`: appends a signature; `visible_marks`: draws the blue signature and the red seal
"""

import logging

from signing.pades.findings import PdfSignature, PdfSignatures
from signing.pades.judge import PADES, judge_pdf, verify_pdf
from signing.pades.make import sign_pdf
from signing.pades.read import read_pdf

__all__ = ["PADES", "PdfSignature", "PdfSignatures", "judge_pdf", "read_pdf", "sign_pdf", "verify_pdf"]

# The library reports on every odd file by log records; what it finds is in the findings already, and the text
# would be a stranger's.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
