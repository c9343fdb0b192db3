"""Signatures in PDF files (PAdES): read, judged by the procedure of `signing.verify`, and made.

`read_pdf` takes bytes and gives values, so that it can run in a process that may be killed; `judge_pdf` makes
verdicts of them with the collaborators at hand; `verify_pdf` does both at once. `sign_pdf` appends one
signature with its visible mark. Certificates and digests are judged elsewhere. ETSI EN 319 142-1.

- `read`: puts in order what the rest finds; `budget`: pyHanko's reader, made to count its work
- `ranges`: which bytes are covered
- `appended`: whether all readers find the same behind the signed bytes
- `changes`: what was done afterwards, by `later_rules` and `visibility`; `objects`: reading out of objects
- `findings`: what was read, as values; `judge`: the verdicts; `covers`: who answers for what was added
- `make` appends a signature, `marks` draws the blue signature and the red seal
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
