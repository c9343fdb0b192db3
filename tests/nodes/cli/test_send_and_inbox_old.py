"""Over HTTP: one agency by hand on the old protocol, one on REST; each reads what the other sent."""

import json
import signal

import pytest

from axis.protocol import edxml
from nodes import hub_process as hubs
from nodes.cli import main
from nodes.client import Client
from nodes.edxml_messages import write_status
from nodes.pdf import Line, write_pdf
from nodes.sandbox import WantedAgency, WantedPerson, make_agencies
from signing.keys import generate, public_to_pem, to_pem

OLD, NEW = "000.00.00.H62", "000.00.00.H23"
WHO = ("organisation", "person")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with hubs.running(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def desk(hub, tmp_path_factory):
    """A folder with the secret of one agency and the token of the other, keys and certificates of both."""
    folder = tmp_path_factory.mktemp("desk")
    keys = {(code, who): generate("p256") for code in (OLD, NEW) for who in WHO}

    def pem(code, who):
        return public_to_pem(keys[code, who].public_key()).decode()

    wanted = [
        WantedAgency(code, name, pem(code, "organisation"),
                     (WantedPerson("Nguyễn Thị Bình", "Phó Chủ tịch", pem(code, "person")),), code == OLD)
        for code, name in ((OLD, "UBND tỉnh Vĩnh Phúc"), (NEW, "UBND tỉnh Hải Dương"))
    ]  # fmt: skip
    with Client(hub.sandbox_url, hub.sandbox_token()) as sandbox:
        old, new = make_agencies(sandbox, wanted)
    (folder / "secret").write_text(old.system.secret + "\n")
    (folder / "token").write_text(new.token)
    for agency in (old, new):
        for who, certificate in zip(
            WHO, (agency.organisation_certificate, agency.person_certificates[0]), strict=True
        ):
            (folder / f"{agency.code}-{who}.pem").write_text(certificate)
            (folder / f"{agency.code}-{who}.key").write_bytes(to_pem(keys[agency.code, who]))
    return folder


@pytest.fixture
def nodes(hub, desk, capsys):
    """Run a command as one of the two and return its exit code and the JSON values it printed."""
    doors = {
        OLD: ["--door", "vxp", "--system", "H62", "--secret-file", str(desk / "secret")],
        NEW: ["--token-file", str(desk / "token")],
    }

    def run(code, command, *arguments):
        before = signal.getsignal(signal.SIGTERM)
        exit_code = main([command, "--hub", hub.url, "--json", *doors[code], *arguments])
        signal.signal(signal.SIGTERM, before)
        return exit_code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def letter(tmp_path, number, sender=OLD, to=NEW):
    file = tmp_path / "Công văn.pdf"
    file.write_bytes(write_pdf("Công văn", [Line(f"Nội dung {number}")], day="2019-06-03"))
    words = ["--from", sender, "--to", to, "--subject", "V/v phối hợp", "--issued-on", "2019-06-03"]
    return [*words, "--number", number, str(file)]


def signed_with(desk, code, *who):
    options = []
    for one in who:
        file = f"{desk}/{code}-{one}"
        options += [f"--{one}-certificate", f"{file}.pem", f"--{one}-key", f"{file}.key"]
    return options


def new_items(nodes):
    _, items = nodes(NEW, "inbox", "--all")
    return {item["number"]: item for item in items if "number" in item}


@pytest.mark.parametrize(
    ("who", "signed_by"),
    [
        ((), "none"),
        (("person",), "person"),
        (("organisation",), "organisation"),
        (("person", "organisation"), "both"),
    ],
)
def test_the_hub_finds_who_signed_as_it_does_over_rest(nodes, desk, tmp_path, who, signed_by):
    number = f"1/{signed_by}"
    code, (sent,) = nodes(OLD, "send", *letter(tmp_path, number), *signed_with(desk, OLD, *who))
    assert code == 0
    assert sent["recipients"] == [NEW]
    found = new_items(nodes)[number]
    assert found["document"] == sent["id"]
    assert (found["indication"], found["signed_by"]) == ("TOTAL-PASSED" if who else None, signed_by)
    assert (found["sender"], found["issued_on"], found["subject"]) == (OLD, "2019-06-03", "V/v phối hợp")


def test_the_same_document_again_is_the_first(nodes, tmp_path):
    words = letter(tmp_path, "2/UBND-VP")
    first, again = (nodes(OLD, "send", *words)[1][0]["id"] for _ in range(2))
    assert first == again


def test_what_came_over_rest_is_listed_saved_and_taken_off(nodes, desk, tmp_path):
    words = letter(tmp_path, "3/UBND-VP", NEW, OLD)
    _, (sent,) = nodes(NEW, "send", *words, *signed_with(desk, NEW, *WHO))
    saved = tmp_path / "saved"
    code, items = nodes(OLD, "inbox", "--save", str(saved))
    assert code == 0
    (item,) = [item for item in items if item["number"] == "3/UBND-VP"]
    assert (item["id"], item["sender"], item["to"]) == (sent["deliveries"][0]["id"], NEW, OLD)
    assert (item["state"], item["subject"]) == ("initial", "V/v phối hợp")
    folder = saved / item["id"]
    assert (folder / "0-Công văn.pdf").read_bytes() == (tmp_path / "Công văn.pdf").read_bytes()
    assert edxml.read((folder / "message.edxml").read_bytes()).message.code.text == "3/UBND-VP"
    _, items = nodes(OLD, "inbox", "--done")
    assert {item["state"] for item in items} == {"done"}
    assert nodes(OLD, "inbox") == (0, [])


def test_a_status_goes_out_as_a_message_and_one_comes_back(nodes, desk, tmp_path, hub):
    words = letter(tmp_path, "4/UBND-VP", NEW, OLD)
    _, (sent,) = nodes(NEW, "send", *words)
    nodes(OLD, "inbox", "--save", str(tmp_path / "saved"), "--done")
    delivery = sent["deliveries"][0]["id"]
    document = edxml.read((tmp_path / "saved" / delivery / "message.edxml").read_bytes()).message
    about = edxml.ResponseFor(
        document.sender.organ_id, document.code.text, document.document_id, document.promulgated_on
    )
    status = tmp_path / "03.edxml"
    status.write_bytes(write_status(OLD, about, "03", "Đã vào sổ", at=document.trace[0].at))
    assert nodes(OLD, "send", "--message", str(status))[0] == 0
    with Client(hub.url, (desk / "token").read_text()) as client:
        events = [event for event in client.events().items if event.delivery == delivery]
    assert [(event.code, event.note, event.by) for event in events] == [("03", "Đã vào sổ", OLD)]

    nodes(OLD, "send", *letter(tmp_path, "5/UBND-VP"))
    nodes(NEW, "serve", "--once", "--refused-share", "0")
    _, statuses = nodes(OLD, "inbox", "--statuses", "--done")
    mine = [item["code"] for item in statuses if item["number"] == "5/UBND-VP"]
    assert mine[:2] == ["01", "03"]
    assert nodes(OLD, "inbox", "--statuses") == (0, [])


def test_a_document_is_recalled_by_a_message(nodes, desk, tmp_path, hub):
    nodes(OLD, "send", *letter(tmp_path, "6/UBND-VP"))
    delivery = new_items(nodes)["6/UBND-VP"]["id"]
    words = letter(tmp_path, "7/UBND-VP")[:-1]
    code, _ = nodes(OLD, "send", *words, "--action", "recall", "--refers-to", "6/UBND-VP@2019-06-03")
    assert code == 0
    with Client(hub.url, (desk / "token").read_text()) as client:
        codes = [event.code for event in client.events().items if event.delivery == delivery]
    assert codes[-1] == "13"


def test_a_refusal_is_told_with_the_protocols_code(nodes, tmp_path):
    code, (told,) = nodes(OLD, "send", *letter(tmp_path, "8/UBND-VP", to="000.00.00.H99"))
    assert code == 1
    assert (told["error"]["code"], told["error"]["operation"]) == ("18", "sendEdoc")
    assert "H99" in told["error"]["message"]


def test_another_secret_is_refused_without_saying_what_is_wrong(hub, tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text("another")
    options = ["--hub", hub.url, "--door", "vxp", "--system", "H62", "--secret-file", str(secret), "--json"]
    before = signal.getsignal(signal.SIGTERM)
    assert main(["inbox", *options]) == 1
    signal.signal(signal.SIGTERM, before)
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "15"
