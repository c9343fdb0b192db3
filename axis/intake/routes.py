"""`POST /v1/documents`: takes a document and answers with its verdict and receipt."""

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from axis.agencies.admission import owner_of
from axis.agencies.callers import Caller, any_caller, speaking
from axis.deliveries.waiting_readers import WaitingReadersDep
from axis.intake.answers import answer_of
from axis.intake.context import AdmissionDep, IntakeContext, IntakeDep
from axis.intake.handed_over import asked_recipients
from axis.intake.multipart_body import Received, check_length
from axis.intake.procedure import submit
from axis.intake.schemas import ACCEPTED, REQUEST_BODY
from axis.intake.validate_only import trial_members, try_document
from axis.intake.whole_bodies import receive
from axis.json_http import answer_json
from axis.problems import declare, language_of, request_id_of
from axis.protocol import errors
from axis.protocol.agency_codes import AgencyCode
from axis.protocol.request_bodies import refuse_encoding

router = APIRouter(tags=["documents"])

REFUSALS = (
    errors.MalformedRequest,
    errors.MalformedJson,
    errors.ManifestMissing,
    errors.NotAuthenticated,
    errors.NotPermitted,
    errors.NotYourAgency,
    errors.SignatureRejected,
    errors.UnsignedRejected,
    errors.IndeterminateRejected,
    errors.NumberTaken,
    errors.StatusNotAllowed,
    errors.TooLarge,
    errors.TooManyParts,
    errors.TooManySignatures,
    errors.UnsupportedMediaType,
    errors.ManifestInvalid,
    errors.AttachmentMissing,
    errors.AttachmentUndeclared,
    errors.DigestMismatch,
    errors.SizeMismatch,
    errors.MessageInvalid,
    errors.UnknownRecipient,
    errors.RecipientLocked,
    errors.ReferenceUnknown,
    errors.TooManyRequests,
    errors.Overloaded,
)


async def send_directly(request: Request) -> Response | None:
    """Answer as `send_document` does, its collaborators taken from the hub without the framework's search.

    None for a request with a query, which the framework reads.

    Raises:
        AxisError: the refusal.

    """
    if request.scope["query_string"]:
        return None
    hub = request.app.state.hub
    caller = await speaking(await any_caller(request, None))
    return await send_document(request, hub.intake, caller, hub.admission, hub.waiting_readers)


@router.post(
    "/v1/documents",
    status_code=201,
    summary="Send a document",
    response_class=Response,
    responses={**ACCEPTED, **declare(*REFUSALS, errors.QueryInvalid)},
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def send_document(
    request: Request,
    intake: IntakeDep,
    caller: Annotated[Caller, Depends(speaking)],  # 1 authenticate, from headers alone
    admission: AdmissionDep,
    waiting_readers: WaitingReadersDep,
    validate: Annotated[
        bool, Query(description="Only say what would become of it, and keep nothing.")
    ] = False,
    recipients: Annotated[
        str | None,
        Query(description="Of a relay: the recipients for whom it hands the document over, with commas."),
    ] = None,
) -> Response:
    """Accept a signed manifest and its attachments from one agency to one or more others.

    The answer is 201 once the document is durable, with the verdict on its signatures and a receipt. Sending
    the same manifest again gets 200 and the first answer. With `validate` the answer is 200 with the verdict
    and everything for which it would be refused; nothing is kept.

    A relay may send from every agency marked `via` it, and name the `recipients` whose deliveries are opened
    here. Those it would be handed itself are refused.
    """
    asked = asked_recipients(caller, recipients)
    with admission.one(owner_of(caller)):
        # 2 read within limits; hash attachments while they stream
        refuse_encoding(request)
        check_length(request.headers.get("content-length"), intake.settings)
        received = await receive(request.headers.get("content-type", ""), request.receive, intake.settings)
        try:
            if validate:
                return await _tried(request, intake, caller, received, asked)
            answer = await submit(intake, caller, received, request_id_of(request), asked)  # 3 to 8
        finally:
            received.close()
        waiting_readers.note_commit()
        # 9 answer with verdict and receipt
        language = language_of(request.headers.get("accept-language"))
        members: dict[str, Any] = (
            await run_in_threadpool(answer_of, intake.database, answer, language)
            if answer.new is None
            else answer_of(intake.database, answer, language)
        )
    return Response(
        orjson.dumps(members),
        status_code=200 if answer.repeated else 201,
        media_type="application/json",
        headers={"Location": f"/v1/documents/{members['id']}"},
    )


async def _tried(
    request: Request,
    intake: IntakeContext,
    caller: Caller,
    received: Received,
    asked: Sequence[AgencyCode] | None,
) -> Response:
    """Answer what would become of a document."""
    trial = await try_document(intake, caller, received, asked)
    language = language_of(request.headers.get("accept-language"))
    return answer_json(trial_members(trial, request_id_of(request), language))
