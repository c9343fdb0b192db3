"""Signs PDF files: appends a signature with its visible mark.

The file's bytes remain, so that earlier signatures stay valid. The same arguments give the same bytes. ETSI
EN 319 142-1 (PAdES-B-B, and B-T with a time-stamp).
"""

from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing import cms
from signing.certificate_subjects import OwnerKind, read_subject
from signing.errors import InvalidTimes, SigningError, TimestampRefused, UnusablePdf
from signing.keys import PrivateKey
from signing.pades.budget import BudgetReader
from signing.pades.visible_marks import BOXES, Mark, add_font, draw

__all__ = ["FIELDS", "sign_pdf"]

FIELDS: Final[dict[OwnerKind, str]] = {"person": "PersonSignature", "organisation": "OrganisationSeal"}
"""Names of the form fields, unless the caller chooses."""
STAMP_BYTES: Final = 16 * 1024
"""Room for a time-stamp, whose size shows only when it is given: public authorities' have 3 to 10 KB."""
_SPARE_BYTES: Final = 64
"""Room beyond the measured signature: ECDSA values differ by a few bytes in length."""
_ID_BYTES: Final = 16


def sign_pdf(
    data: bytes,
    certificate: x509.Certificate,
    key: PrivateKey,
    chain: tuple[x509.Certificate, ...] = (),
    *,
    signing_time: datetime,
    kind: OwnerKind,
    field: str | None = None,
    page: int = -1,
    box: tuple[int, int, int, int] | None = None,
    is_visible: bool = True,
    stamp: cms.Stamp | None = None,
) -> bytes:
    """Append a signature to a PDF and give the whole file back.

    `chain`: issuers to carry along. `signing_time`: what the signer claims, with a zone; it stands in the
    file and in the mark. `kind`: whose mark is drawn. `field`: name of the form field; one that is there
    already must be empty. `page` from 0, or from the end with -1; `box` of the mark in points from the page's
    lower left corner. `stamp`: has the signature value stamped, which makes PAdES-T of it.
    Raises `UnusablePdf` for a file that cannot be read, is encrypted, or has the field already,
    `TimestampRefused` for a time-stamp larger than the room left for it, and as `signing.cms.sign` does.
    """
    if signing_time.tzinfo is None:
        raise InvalidTimes(signing_time=signing_time.isoformat())
    # Measured before the file is touched: also tells at once when key and certificate do not belong together.
    room = len(cms.sign(b"", certificate, key, chain=chain)) + _SPARE_BYTES
    room += 0 if stamp is None else STAMP_BYTES
    place = (box or BOXES[kind]) if is_visible else (0, 0, 0, 0)
    mark = _mark(certificate, kind, signing_time) if is_visible else None
    try:
        writer = _open(data, name := FIELDS[kind] if field is None else field)
        steps = PdfCMSEmbedder(SigFieldSpec(name, on_page=page, box=place)).write_cms(name, writer)
        entry = next(steps).get_object()
        if mark is not None:
            form = draw(mark, abs(place[2] - place[0]), abs(place[3] - place[1]), add_font(writer))
            entry["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(form)})
        placeholder = SignatureObject(
            timestamp=signing_time, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * room
        )
        steps.send(SigObjSetup(sig_placeholder=placeholder))
        prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    except SigningError:
        raise
    except Exception as error:
        raise UnusablePdf(reason=type(error).__name__) from error
    written = output.getvalue()
    covered = written[: prepared.reserved_region_start] + written[prepared.reserved_region_end :]
    # PAdES has the time in the file (/M), and must not have it among the signed attributes besides.
    signature = cms.sign(covered, certificate, key, chain=chain, stamp=stamp)
    if len(signature) > room:
        raise TimestampRefused(reason="too-large", found=len(signature), limit=room)
    steps.send(signature)
    signed: bytes = output.getvalue()
    return signed


class _Writer(IncrementalPdfFileWriter):
    """pyHanko's writer without what differs from run to run."""

    def _update_meta(self) -> None:
        """Leave title, producer and dates as their author wrote them."""

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        """Name the new file by the digest of what it was made from, instead of by chance."""
        digest = generic.ByteStringObject(sha256(prev.stream.getvalue()).digest()[:_ID_BYTES])
        first = prev.trailer["/ID"][0] if "/ID" in prev.trailer else digest
        return generic.ArrayObject([generic.ByteStringObject(first.original_bytes), digest])


def _open(data: bytes, field: str) -> Any:
    reader = BudgetReader(data)
    if reader.encrypted:
        raise UnusablePdf(reason="encrypted")
    if any(name == field for name, _, _ in enumerate_sig_fields(reader, filled_status=True)):
        raise UnusablePdf(reason="field-taken", field=field)
    return _Writer.from_reader(reader)


def _mark(certificate: x509.Certificate, kind: OwnerKind, signing_time: datetime) -> Mark:
    identity = read_subject(certificate)
    return Mark(kind, identity.name, signing_time)
