"""The contents of a message are read by its parties, and by auditors whose token says so."""

import httpx
import pytest
from support.audited_hub import AuditedHub
from support.exchange import CONTENT, A, B, C, Exchange

from axis.agencies.tokens import Grant, create_tokens
from axis.clock import real_now

CONTENTS = ("attachments/0", "evidence")
REST = ("", "/manifest", "/verdicts", "/receipt")
GRANTS = {
    "sender": Grant("agency", A),
    "recipient": Grant("agency", B),
    "stranger": Grant("agency", C),
    "auditor": Grant("auditor", name="Thanh tra"),
    "auditor of contents": Grant("auditor", name="Thanh tra", contents=True),
}


class Asker:
    """A hub with a message and a letter, asked with a token of each sort."""

    def __init__(self, exchange: Exchange) -> None:
        def never(*_: object) -> object:
            raise AssertionError("nothing is judged here")

        self.hub = AuditedHub(exchange, never)  # type: ignore[arg-type]
        made = exchange.database.write(lambda tx: create_tokens(tx, list(GRANTS.values()), real_now()))
        self.tokens = dict(zip(GRANTS, made, strict=True))
        self.message = exchange.send_message("ho-so", signed="unsigned").id
        self.letter = exchange.send(signed="unsigned").id

    def get(self, who: str, document: str, part: str) -> httpx.Response:
        with httpx.Client(transport=self.hub.transport, base_url="http://axis.test", timeout=None) as client:
            headers = {"Authorization": f"Bearer {self.tokens[who]}"}
            return client.get(f"/v1/documents/{document}{part and '/'}{part.lstrip('/')}", headers=headers)


@pytest.fixture
def asker(exchange: Exchange) -> Asker:
    return Asker(exchange)


@pytest.mark.parametrize("who", ["sender", "recipient", "auditor of contents"])
def test_parties_and_auditors_of_contents_read_a_message(asker: Asker, who: str) -> None:
    assert asker.get(who, asker.message, "attachments/0").content == CONTENT
    assert asker.get(who, asker.message, "evidence").status_code == 200


@pytest.mark.parametrize("part", CONTENTS)
def test_other_auditors_are_refused_its_contents_alone(asker: Asker, part: str) -> None:
    refused = asker.get("auditor", asker.message, part)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
    assert "--contents" in refused.json()["detail"]
    assert asker.get("auditor", asker.letter, part).status_code == 200
    assert {asker.get("auditor", asker.message, each).status_code for each in REST} == {200}


def test_for_a_stranger_it_is_not_there(asker: Asker) -> None:
    assert {asker.get("stranger", asker.message, part).status_code for part in CONTENTS} == {404}
