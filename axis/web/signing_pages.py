"""`/compose/…`: the manifest of a letter is signed, tried or sent, and its receipt shown.

Its bytes travel in the form from page to page, so that what was signed is what is sent. A document is tried
by `axis.intake.validate_only` and taken by `axis.intake.procedure`, as `POST /v1/documents` does.
"""

import base64
import binascii
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from axis.agencies.admission import owner_of
from axis.agencies.directory import names_of
from axis.clock import rfc3339
from axis.database.dependencies import DatabaseDep
from axis.deliveries.waiting_readers import WaitingReadersDep
from axis.documents.single_document import describe_document, find
from axis.intake.answers import answer_of
from axis.intake.context import AdmissionDep, IntakeContext, IntakeDep
from axis.intake.multipart_body import Received
from axis.intake.procedure import submit
from axis.intake.validate_only import Trial, trial_members, try_document
from axis.ledger.receipts import receipt
from axis.problems import request_id_of
from axis.protocol.errors import (
    AxisError,
    MalformedRequest,
    ManifestMissing,
    Place,
    TooLarge,
)
from axis.protocol.strict_json import loads
from axis.web.file_forms import FileForm, FileLimits, read_file_form
from axis.web.forms import is_right, stale
from axis.web.letter_faults import describe_faults
from axis.web.letters import Letter
from axis.web.page_routes import lead_back, page_router
from axis.web.rendering import render
from axis.web.visitors import PageAgency, SignedIn

router = page_router()

SIGN_LINE: Final = (
    "openssl cms -sign -binary -md sha256 -in manifest.json -outform DER -out manifest.p7s "
    "-signer cert.pem -inkey key.pem"
)
"""The command that signs a manifest beside its certificate and key, as `axis ca issue` writes them."""
_SANDBOXED: Final = "default-src 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Signing:
    """What the form of the second page brings: the manifest's bytes, and the signatures given so far."""

    manifest: bytes
    signatures: tuple[bytes, ...] = ()
    is_unsigned_meant: bool = False
    """It is to be sent although there is no signature."""


def check_token(visitor: SignedIn, form: FileForm) -> None:
    """Refuse a form that another session's page made.

    Raises:
        FormStale: when its token is not that of the visitor's session.

    """
    if visitor.session is not None and not is_right({"form": form.value("form")}, visitor.session):
        raise stale()


@asynccontextmanager
async def signing_form(request: Request, visitor: SignedIn, intake: IntakeContext) -> AsyncIterator[Signing]:
    """Read the form of the page that signs.

    Raises:
        AxisError: as `read_file_form`; or its manifest is missing or not as our page wrote it.

    """
    form = FileForm()
    limits = FileLimits.of_signatures(intake.settings)
    try:
        await read_file_form(request, form, intake.settings, limits, lambda read: check_token(visitor, read))
        signatures = [_bytes_of(each, "signature") for each in form.values("given")]
        signatures += [each.spool.read() for each in form.files]
        yield Signing(
            _manifest_of(form, intake.settings.manifest_bytes),
            tuple(dict.fromkeys(signatures)),
            form.value("unsigned") == "yes",
        )
    finally:
        form.close()


@router.post("/compose/manifest", summary="Take the manifest home")
async def download_manifest(request: Request, visitor: PageAgency, intake: IntakeDep) -> Response:
    """Return the manifest as a file, the very bytes that are to be signed."""
    lead_back(request, "/compose")
    async with signing_form(request, visitor, intake) as signing:
        headers = {
            "Content-Disposition": 'attachment; filename="manifest.json"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": _SANDBOXED,
            "Cache-Control": "no-store",
        }
        return Response(signing.manifest, media_type="application/json", headers=headers)


@router.post("/compose/check", summary="Check without sending")
async def check_letter(
    request: Request, visitor: PageAgency, intake: IntakeDep, admission: AdmissionDep
) -> Response:
    """Say what would become of the letter, as `POST /v1/documents?validate=true` does. Nothing is kept."""
    lead_back(request, "/compose")
    with admission.one(owner_of(visitor.caller)):
        async with signing_form(request, visitor, intake) as signing:
            trial = await tried(intake, visitor, signing)
            return await sign_page(request, visitor, intake, signing, trial=trial)


@router.post("/compose/send", summary="Send a letter")
async def send_letter(
    request: Request,
    visitor: PageAgency,
    intake: IntakeDep,
    admission: AdmissionDep,
    waiting_readers: WaitingReadersDep,
) -> Response:
    """Send the letter as `POST /v1/documents` does; a refusal shows the page again with all it was given."""
    lead_back(request, "/compose")
    with admission.one(owner_of(visitor.caller)):
        async with signing_form(request, visitor, intake) as signing:
            if not signing.signatures and not signing.is_unsigned_meant:
                return await sign_page(request, visitor, intake, signing, is_signature_missing=True)
            received = Received(signing.manifest, signing.signatures, {})
            try:
                answer = await submit(intake, visitor.caller, received, request_id_of(request))
            except AxisError as refusal:
                return await sign_page(request, visitor, intake, signing, refusals=[refusal])
            finally:
                received.close()
            waiting_readers.note_commit()
            members = await run_in_threadpool(answer_of, intake.database, answer, visitor.language)
    again = "?again=yes" if answer.repeated else ""
    return RedirectResponse(
        f"/compose/sent/{members['id']}{again}", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"}
    )


@router.get("/compose/sent/{document}", summary="A letter was sent")
def show_sent(
    document: Annotated[str, Path(description="The document's id.")],
    request: Request,
    visitor: PageAgency,
    database: DatabaseDep,
) -> Response:
    """Show verdict and receipt of a document that was sent."""
    with database.read() as tx:
        described = describe_document(tx, visitor.caller, document, visitor.language)
        position, _ = find(tx, visitor.caller, document)
        proof = receipt(tx, position)
        names = names_of(tx, described["to"])
    return render(
        request,
        visitor,
        "compose_sent.html",
        document=described,
        position=position,
        receipt=proof,
        names=names,
        is_again=request.query_params.get("again") == "yes",
    )


async def tried(intake: IntakeContext, visitor: SignedIn, signing: Signing) -> Trial:
    """Try a document. Raises as `try_document`."""
    received = Received(signing.manifest, signing.signatures, {})
    try:
        return await try_document(intake, visitor.caller, received)
    finally:
        received.close()


async def sign_page(
    request: Request,
    visitor: SignedIn,
    intake: IntakeContext,
    signing: Signing,
    *,
    trial: Trial | None = None,
    refusals: Sequence[AxisError] = (),
    is_signature_missing: bool = False,
    is_first: bool = False,
) -> Response:
    """Return the page that shows a manifest and takes its signatures, with what came of the last try."""
    manifest = signing.manifest
    letter = Letter.from_members(loads(manifest, max_bytes=intake.limits.bytes))
    faults = describe_faults(refusals, request, visitor.language)

    def page() -> Response:
        with intake.database.read() as tx:
            names = names_of(tx, (letter.sender, *letter.to))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if is_signature_missing else faults.status
        return render(
            request,
            visitor,
            "compose_sign.html",
            status=status,
            letter=letter,
            names=names,
            manifest=manifest.decode(errors="replace"),
            manifest_base64=base64.b64encode(manifest).decode(),
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            manifest_size=len(manifest),
            given=[_given(each) for each in signing.signatures],
            is_unsigned_meant=signing.is_unsigned_meant,
            is_signature_missing=is_signature_missing,
            is_first=is_first,
            trial=None if trial is None else trial_members(trial, request_id_of(request), visitor.language),
            faults=faults,
            unsigned=intake.settings.unsigned,
            sign_line=SIGN_LINE,
            now=rfc3339(intake.clock.now()),
        )

    return faults.mark(request, await run_in_threadpool(page))


def _given(signature: bytes) -> dict[str, object]:
    return {
        "size": len(signature),
        "sha256": hashlib.sha256(signature).hexdigest(),
        "base64": base64.b64encode(signature).decode(),
    }


def _manifest_of(form: FileForm, most_bytes: int) -> bytes:
    written = form.value("manifest")
    if not written:
        raise ManifestMissing(Place("part:manifest", "no such part", "one part named manifest"))
    manifest = _bytes_of(written, "manifest")
    if len(manifest) > most_bytes:
        place = Place("part:manifest", f"more than {most_bytes} bytes", f"at most {most_bytes} bytes")
        raise TooLarge(place, limit=most_bytes)
    return manifest


def _bytes_of(written: str, name: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error:
        place = Place(f"part:{name}", "no base64", "bytes in base64, as the page before wrote them")
        raise MalformedRequest(place) from None
