"""`/compose`: a letter is written: recipients by name, files, number; and its manifest made.

Files are kept as uploads once they are chosen (`axis.intake.uploads`); all else travels in the form. What is
wrong is found by `axis.intake.validate_only`. Signing and sending are in `axis.web.signing_pages`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.admission import owner_of
from axis.agencies.callers import Caller, agency_sending
from axis.agencies.directory import Agency, names_of, search
from axis.clock import day_of
from axis.database.dependencies import ClockDep
from axis.intake.context import AdmissionDep, IntakeContext, IntakeDep
from axis.intake.uploads import check_room, keep_upload, renew_upload
from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.errors import AxisError, MalformedRequest, UnsupportedMediaType
from axis.protocol.manifest_rules import ACTIONS, PRIORITIES
from axis.protocol.strict_json import loads
from axis.web.file_forms import FileForm, FileLimits, read_file_form
from axis.web.letter_faults import describe_faults
from axis.web.letters import Letter, LetterFile
from axis.web.page_routes import lead_back, page_router
from axis.web.rendering import render
from axis.web.signing_pages import Signing, check_token, sign_page, signing_form, tried
from axis.web.visitors import PageAgency, SignedIn

router = page_router()

FOUND: Final = 20
"""The most agencies that a search offers as recipients."""
WORDS_CHARACTERS: Final = 200
OF_SIGNATURES: Final = frozenset({"unsigned-rejected", "signature-rejected", "indeterminate-rejected"})
"""Refusals that a signature over the manifest may still avert."""


@router.get("/compose", summary="Write a letter")
def show_form(request: Request, visitor: PageAgency, intake: IntakeDep, clock: ClockDep) -> Response:
    """Show the form; its address may fill in fields, by their names."""
    asked = FileForm(list(request.query_params.multi_items()))
    letter = Letter.from_form(asked, visitor.caller.agency or "")
    letter = replace(
        letter,
        type=letter.type or "cong-van",
        issued_on=letter.issued_on or day_of(clock.now()),
        priority=letter.priority or PRIORITIES[0],
        action=letter.action or ACTIONS[0],
        files=(),
    )
    return _form(request, visitor, intake, letter)


@router.post("/compose", summary="Make the manifest")
async def write_letter(
    request: Request, visitor: PageAgency, intake: IntakeDep, admission: AdmissionDep
) -> Response:
    """Keep what was chosen and typed; search for recipients, or make the manifest and go on to sign it."""
    lead_back(request, "/compose")
    caller = await agency_sending(visitor.caller)
    form = FileForm()
    refusals: list[AxisError] = []
    with admission.one(owner_of(caller)):
        try:
            try:
                limits = FileLimits.of_attachments(intake.settings)
                await read_file_form(
                    request, form, intake.settings, limits, lambda read: check_token(visitor, read)
                )
                await run_in_threadpool(_keep_files, intake, caller, form)
            except (MalformedRequest, UnsupportedMediaType):
                raise
            except AxisError as refusal:
                refusals.append(refusal)
            letter = Letter.from_form(form, caller.agency or "")
        finally:
            form.close()
        words = form.value("q")[:WORDS_CHARACTERS]
        if not refusals and not words and form.value("do") != "files":
            signing = Signing(letter.manifest())
            try:
                trial = await tried(intake, visitor, signing)
                refusals += [each for each in trial.problems if each.code not in OF_SIGNATURES]
            except AxisError as refusal:
                refusals.append(refusal)
            if not refusals:
                return await sign_page(request, visitor, intake, signing, trial=trial, is_first=True)
    return await run_in_threadpool(_form, request, visitor, intake, letter, refusals, words)


@router.post("/compose/edit", summary="Change a letter")
async def change_letter(request: Request, visitor: PageAgency, intake: IntakeDep) -> Response:
    """Show the form again, with all that its manifest says."""
    lead_back(request, "/compose")
    async with signing_form(request, visitor, intake) as signing:
        letter = Letter.from_members(loads(signing.manifest, max_bytes=intake.limits.bytes))
    return await run_in_threadpool(_form, request, visitor, intake, letter)


def _keep_files(intake: IntakeContext, caller: Caller, form: FileForm) -> None:
    """Keep the files of a form as uploads, and name them in it as a page that comes again does."""
    owner, settings = caller.agency, intake.settings
    assert owner is not None  # an agency's token has one
    for each in form.files:
        spool = each.spool
        if renew_upload(intake.database, owner, spool.sha256, spool.size) is None:
            check_room(intake.database, owner, spool.size, settings)
            keep_upload(intake.objects, owner, spool, settings)
        kept = LetterFile(each.name, each.media_type, spool.size, spool.sha256)
        form.fields.append(("file", kept.written))


def _form(
    request: Request,
    visitor: SignedIn,
    intake: IntakeContext,
    letter: Letter,
    refusals: Sequence[AxisError] = (),
    words: str = "",
) -> Response:
    found: list[Agency] = []
    with intake.database.read() as tx:
        if words:
            found = search(tx, words, "", FOUND + 1)
        names = names_of(tx, (letter.sender, *letter.to))
    faults = describe_faults(refusals, request, visitor.language)
    response = render(
        request,
        visitor,
        "compose.html",
        status=faults.status,
        letter=letter,
        names=names,
        faults=faults,
        words=words,
        found=[each for each in found[:FOUND] if each.code not in letter.to],
        has_more=len(found) > FOUND,
        types=[slug for slug, kind in DOCUMENT_TYPES.items() if not kind.is_message],
        priorities=PRIORITIES,
        actions=ACTIONS,
        limits=intake.limits,
        settings=intake.settings,
    )
    return faults.mark(request, response)
