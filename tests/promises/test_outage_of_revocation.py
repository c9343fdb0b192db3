"""Promise 9: an outage of revocation services never stops the exchange, and mends itself."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from support.authority_server import Outside, loopback, serving
from support.waiting import GUARD_SECONDS, until

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.tokens import Grant, create_tokens
from axis.app import Hub, build, create_app
from axis.clock import real_now
from axis.protocol.agency_codes import canonical
from axis.settings import Settings
from axis.trust import revocation_fetching
from signing import authority as ca
from signing import cms, keys
from signing.authority import CertificateTerms
from signing.certificate_subjects import authority_subject, organisation_subject
from signing.certificates import fingerprint, to_der, to_pem

HAI_PHONG, OFFICE = "000.00.00.H24", "000.00.00.G22"
PDF = b"%PDF-1.7\n%%EOF\n"
NOW = datetime.now(UTC)


class Ministry:
    """Another country-wide authority, whose lists lie on a server of its own."""

    def __init__(self, outside: Outside) -> None:
        begin, end = NOW - timedelta(days=10), NOW + timedelta(days=300)
        root_key, key, signer = (keys.generate("p256") for _ in range(3))
        name, below = (authority_subject(each, "Ban Cơ yếu") for each in ("Gốc", "Cấp phát"))
        self.root = ca.create_root(root_key, name, CertificateTerms(begin, end, 1))
        self.issuing = ca.create_issuing(self.root, key, below, CertificateTerms(begin, end, 2))
        self.signer = signer
        terms = CertificateTerms(begin, end - timedelta(days=1), 3, crl_urls=[outside.url("/crl")])
        agency = organisation_subject("Hải Phòng", HAI_PHONG)
        self.certificate = ca.issue(self.issuing, signer.public_key(), agency, terms)

    def list(self) -> bytes:
        """The list of the issuing authority, current."""
        return ca.issue_crl(self.issuing, 1, NOW - timedelta(hours=1), NOW + timedelta(days=7))

    def sign(self, manifest: bytes) -> bytes:
        """Sign for the agency."""
        chain = [self.issuing.certificate]
        return cms.sign(manifest, self.certificate, self.signer, chain=chain, signing_time=NOW)


@asynccontextmanager
async def running(tmp_path, outside: Outside) -> AsyncIterator[tuple[Hub, httpx.AsyncClient, dict[str, str]]]:
    """Run a hub with its chores, in this process, where the other server may be one of loopback."""
    url = f"sqlite:///{tmp_path}/axis.db"
    hub = build(Settings(database_url=url, revocation_hosts=(outside.host,)), addresses=loopback)
    entries = [AgencyEntry(canonical(code), code) for code in (HAI_PHONG, OFFICE)]
    grants = [Grant("agency", agency=canonical(HAI_PHONG)), Grant("operator", name="Vận hành")]
    hub.database.write(lambda tx: put_agencies(tx, entries, real_now()))
    agency, operator = hub.database.write(lambda tx: create_tokens(tx, grants, real_now()))
    app = create_app(hub)
    try:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://axis.test") as client:
                yield hub, client, {"agency": f"Bearer {agency}", "operator": f"Bearer {operator}"}
    finally:
        hub.close()


async def trust(hub, client, tokens, ministry) -> None:
    for authority in (ministry.root, ministry.issuing):
        reply = await client.put(
            f"/v1/trust/certificates/{fingerprint(authority.certificate)}",
            json={"certificate": to_pem(authority.certificate).decode()},
            headers={"Authorization": tokens["operator"]},
        )
        assert reply.status_code == 201, reply.text
    both = {to_der(ministry.root.certificate), to_der(ministry.issuing.certificate)}
    await until(
        lambda: both <= {*hub.trust.material.roots, *hub.trust.material.intermediates}, "the hub to know both"
    )


async def send(client, tokens, ministry) -> dict[str, Any]:
    manifest = json.dumps(
        {
            "from": HAI_PHONG, "to": [OFFICE], "number": "1/UBND", "issued_on": NOW.date().isoformat(),
            "type": "cong-van", "subject": "V/v kiểm tra",
            "attachments": [{
                "name": "a.pdf", "media_type": "application/pdf", "size": len(PDF),
                "sha256": hashlib.sha256(PDF).hexdigest(),
            }],
        }
    ).encode()  # fmt: skip
    files = [
        ("manifest", ("m.json", manifest, "application/json")),
        ("signature", ("s.p7s", ministry.sign(manifest), "application/pkcs7-signature")),
        ("attachment", ("a.pdf", PDF, "application/pdf")),
    ]
    reply = await client.post("/v1/documents", files=files, headers={"Authorization": tokens["agency"]})
    assert reply.status_code == 201, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def verdicts(client, tokens, document, count) -> list[dict[str, Any]]:
    async with asyncio.timeout(GUARD_SECONDS):
        while True:
            reply = await client.get(
                f"/v1/documents/{document}/verdicts", headers={"Authorization": tokens["agency"]}
            )
            found: list[dict[str, Any]] = reply.json()["items"]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.1)


@pytest.fixture
def outside():
    with serving() as server:
        yield server


def test_a_document_sent_in_an_outage_is_exchanged_at_once_and_passes_later_by_itself(
    tmp_path, outside, monkeypatch
):
    monkeypatch.setattr(revocation_fetching, "FIRST_RETRY_SECONDS", 1)
    ministry = Ministry(outside)
    outside.files["/crl"], outside.status = ministry.list(), 503

    async def story() -> None:
        async with running(tmp_path, outside) as (hub, client, tokens):
            await trust(hub, client, tokens, ministry)
            answer = await send(client, tokens, ministry)
            first = answer["verdict"]
            assert (first["indication"], first["sub_indication"]) == ("INDETERMINATE", "TRY_LATER")
            await until(lambda: len(outside.asked) >= 2, "the second question")  # so the first try failed
            outside.status = 200  # the outage ends
            kept = await verdicts(client, tokens, answer["id"], 2)
            assert sorted(each["indication"] for each in kept) == ["INDETERMINATE", "TOTAL-PASSED"]
            assert len({each["trust"] for each in kept}) == 2
            again = await client.get(
                f"/v1/documents/{answer['id']}", headers={"Authorization": tokens["agency"]}
            )
            assert again.json()["verdict"]["indication"] == "TOTAL-PASSED"

    asyncio.run(story())
    assert {path for path, _, _ in outside.asked} == {"/crl"}
