"""Traffic of the period that a hub holds: a run's own is passed over, any other is named and refused."""

import signal
from dataclasses import replace

import pytest
from support.hub import running_hub
from support.stub_hub import Say, stub_hub

from nodes.cli import main
from nodes.client import Client
from nodes.document_writer import attachments_of, write_manifest
from nodes.drafts import draft_of
from nodes.errors import HubNotEmpty
from nodes.known_agencies import agency
from nodes.offices import writing_office
from nodes.other_traffic import require_no_other_traffic
from nodes.planner import plan
from nodes.sandbox import make_token, reset
from nodes.scenario_reader import find

BAD_DAY = plan(find("bad-day"), find("bad-day").scale, 1)
PLAN = replace(BAD_DAY, faults=())
FIRST = PLAN.documents[0]
SENDER = FIRST.sender


def own(**changes):
    """What a hub lists of the letters that the plan has its first sender send, with changes to the first."""
    items = []
    for document in PLAN.documents:
        if document.sender == SENDER:
            draft = draft_of(PLAN, document)
            items.append(
                {"id": str(len(items)), "number": draft.number, "issued_on": draft.issued_on}
                | {"subject": draft.subject, "to": [*draft.recipients]}
                | {"type": draft.type, "action": draft.action}
            )
    items[0] |= changes
    return items


def first_manifest(seed):
    draft, office = draft_of(PLAN, FIRST), writing_office(SENDER, seed)
    attachments = attachments_of(office, [agency(code) for code in draft.recipients], draft)
    return write_manifest(SENDER, draft, attachments, office.signer)


def looked(made, *, sent=None, documents=(), refused=(), seed=PLAN.seed):
    """Have a plan's hub looked at that holds so much."""

    def answer(asked):
        if asked.path.endswith("/manifest"):
            return Say(body=first_manifest(seed))
        if asked.path.startswith("/v1/statistics/exchange"):
            rows = [{"agency": code, "sent": number} for code, number in (sent or {}).items()]
            return Say(body={"items": rows, "definition": ""})
        items = refused if asked.path.startswith("/v1/refusals") else documents
        return Say(body={"items": list(items), "next": None})

    with stub_hub(otherwise=answer) as hub, Client(hub.url, "axis_a") as auditor:
        require_no_other_traffic(auditor, made)


def test_an_empty_hub_and_one_with_the_same_run_are_fine():
    looked(PLAN)
    looked(BAD_DAY)
    sent = {SENDER: len(own()), "000.00.00.G22": 0}
    looked(PLAN, sent=sent, documents=own())


ELSEWHERE = {f"000.00.00.H{number}": number for number in range(40, 46)}  # none of them sends in the plan


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"sent": {"000.00.00.H63": 3}}, r"3 documents from 000\.00\.00\.H63 \(.*\); .*POST /sandbox/reset"),
        ({"sent": {SENDER: 9}, "documents": own(subject="V/v khác")[:1]}, f"found 1 document from {SENDER}"),
        (
            {"sent": {SENDER: 9}, "documents": own(to=["000.00.00.H05"])[:1]},
            f"found 1 document from {SENDER}",
        ),
        ({"sent": {SENDER: 9}, "documents": own(), "seed": 2}, "found 1 document from"),
        ({"refused": [{"from": "001.99.99.H05"}] * 2}, "found 2 refusals for 001.99.99.H05; expected none,"),
        ({"sent": ELSEWHERE}, "found 45 documents .* 42 documents [^,]*, 81 more from 2 other agencies;"),
    ],
)
def test_other_traffic_is_named_with_what_helps(held, said):
    with pytest.raises(HubNotEmpty, match=said):
        looked(PLAN, **held)


def test_with_faults_the_same_run_is_other_traffic_too():
    with pytest.raises(HubNotEmpty, match="expected none, even of the same run, since it has faults"):
        looked(BAD_DAY, sent={SENDER: len(own())}, documents=own())


@pytest.mark.stores("sqlite")
def test_a_run_is_made_again_but_no_other_on_the_same_hub(tmp_path, database_url, capsys):
    with running_hub(tmp_path, database_url) as hub:
        token = hub.folder / "sandbox-token"
        with Client(hub.sandbox_url, token.read_text().strip()) as sandbox:
            reset(sandbox)
            (hub.folder / "auditor").write_text(make_token(sandbox, "auditor"))
        given = ["--hub", hub.url, "--sandbox", hub.sandbox_url, "--sandbox-token-file", str(token)]
        given += ["--auditor-token-file", str(hub.folder / "auditor")]
        before = signal.getsignal(signal.SIGTERM)
        codes = [main(["simulate", "first-day", *given, "--seed", seed]) for seed in ("1", "1", "2")]
        signal.signal(signal.SIGTERM, before)
    assert codes == [0, 0, 1]
    told = capsys.readouterr()
    assert "traffic of " in told.err
    assert "Traceback" not in told.err
