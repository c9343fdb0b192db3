"""`/certificates`: which certificates are in use, which run out, which were used after their revocation."""

from typing import Final

from fastapi import Request, Response

from axis.agencies.directory import DirectoryDep, names_of
from axis.compliance.certificates.certificate_list import list_certificates
from axis.compliance.certificates.routes import CertificateQuery, asked_in
from axis.database.dependencies import ClockDep, DatabaseDep
from axis.database.snapshots import hold_snapshot
from axis.web.catalogues import N_
from axis.web.page_queries import members_of, read_query
from axis.web.page_routes import page_router
from axis.web.rendering import render
from axis.web.visitors import PageReader

router = page_router()

VIEWS: Final = (
    ("used", N_("In use")),
    ("expiring", N_("About to expire")),
    ("expired", N_("Expired")),
    ("revoked-but-used", N_("Revoked but used")),
)


@router.get("/certificates", summary="Certificates")
def show_certificates(
    request: Request,
    visitor: PageReader,
    database: DatabaseDep,
    directory: DirectoryDep,
    clock: ClockDep,
) -> Response:
    """List the certificates that pass the filters of `GET /v1/certificates`."""
    query = read_query(request, CertificateQuery)
    lists = request.app.state.hub.trust.material.crls
    with database.read() as tx:
        hold_snapshot(tx)
        items, following = list_certificates(
            tx, directory, visitor.caller, asked_in(query), clock.now(), lists
        )
        names = names_of(tx, {item["agency"] for item in items if item["agency"] is not None})
    return render(
        request,
        visitor,
        "certificates.html",
        items=items,
        names=names,
        following=following,
        query=query,
        views=VIEWS,
        asked=members_of(request),
    )
