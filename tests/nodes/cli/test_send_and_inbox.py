"""Over HTTP: one agency by hand on a real hub sends, reads, answers and recalls."""

import json
import signal
from hashlib import sha256

import pytest

from nodes import hub_process as hubs
from nodes.answers import Answer
from nodes.cli import main
from nodes.client import Client
from nodes.errors import ProblemError
from nodes.pdf import Line, write_pdf
from nodes.sandbox import WantedAgency, WantedPerson, make_agencies
from signing.keys import generate, public_to_pem, to_pem


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with hubs.running(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def desks(hub, tmp_path_factory):
    """Two agencies: for each a folder with its token, keys and certificates, as files."""
    folder = tmp_path_factory.mktemp("desks")
    keys = {(code, who): generate("p256") for code in ("H62", "H23") for who in ("organisation", "person")}

    def pem(code, who):
        return public_to_pem(keys[code, who].public_key()).decode()

    wanted = [
        WantedAgency(f"000.00.00.{code}", name, pem(code, "organisation"),
                     (WantedPerson("Nguyễn Thị Bình", "Phó Chủ tịch", pem(code, "person")),))
        for code, name in (("H62", "UBND tỉnh Vĩnh Phúc"), ("H23", "UBND tỉnh Hải Dương"))
    ]  # fmt: skip
    with Client(hub.sandbox_url, hub.sandbox_token()) as sandbox:
        made = make_agencies(sandbox, wanted)
    for agency in made:
        code = agency.code[-3:]
        desk = folder / code
        desk.mkdir()
        (desk / "token").write_text(agency.token)
        certificates = {
            "organisation": agency.organisation_certificate,
            "person": agency.person_certificates[0],
        }
        for who, certificate in certificates.items():
            (desk / f"{who}.pem").write_text(certificate)
            (desk / f"{who}.key").write_bytes(to_pem(keys[code, who]))
    return folder


@pytest.fixture
def nodes(hub, desks, capsys):
    """Run a command as an agency and return its exit code and the JSON values it printed."""

    def run(code, command, *arguments):
        before = signal.getsignal(signal.SIGTERM)
        options = ["--hub", hub.url, "--token-file", str(desks / code / "token"), "--json"]
        exit_code = main([command, *options, *arguments])
        signal.signal(signal.SIGTERM, before)
        return exit_code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def signed_with(desk, *who):
    options = []
    for one in who:
        options += [
            f"--{one}-certificate",
            str(desk / f"{one}.pem"),
            f"--{one}-key",
            str(desk / f"{one}.key"),
        ]
    return options


def letter(tmp_path, number, text="nội dung"):
    file = tmp_path / "Công văn.txt"
    file.write_text(text, encoding="utf-8")
    words = ["--from", "H62", "--to", "H23", "--subject", "V/v phối hợp"]
    return [*words, "--number", number, str(file)]


@pytest.mark.parametrize(
    ("number", "who", "indication", "signed_by"),
    [
        ("1/UBND-VP", (), None, "none"),
        ("2/UBND-VP", ("person",), "TOTAL-PASSED", "person"),
        ("3/UBND-VP", ("organisation",), "TOTAL-PASSED", "organisation"),
        ("4/UBND-VP", ("person", "organisation"), "TOTAL-PASSED", "both"),
    ],
)
def test_the_hub_finds_who_signed(nodes, desks, tmp_path, number, who, indication, signed_by):
    code, (sent,) = nodes("H62", "send", *letter(tmp_path, number), *signed_with(desks / "H62", *who))
    assert code == 0
    assert (sent["verdict"]["indication"], sent["verdict"]["signed_by"]) == (indication, signed_by)


@pytest.mark.parametrize("who", [("person",), ("organisation",), ("person", "organisation")])
def test_the_hub_finds_who_signed_the_pdf_itself(nodes, desks, tmp_path, who):
    file = tmp_path / "Công văn.pdf"
    file.write_bytes(write_pdf("Công văn", [Line("Nội dung")], day="2019-06-03"))
    words = ["--from", "H62", "--to", "H23", "--subject", "V/v ký số", "--number", f"{len(who)}{who[0]}/PDF"]
    options = signed_with(desks / "H62", *who)
    code, (sent,) = nodes("H62", "send", *words, "--sign-pdf", *options, str(file))
    assert code == 0
    found = sent["verdict"]
    assert (found["indication"], found["signed_by"]) == (
        "TOTAL-PASSED",
        "both" if len(who) == len(("person", "organisation")) else who[0],
    )
    assert [(each["format"], each["kind"]) for each in found["signatures"]] == [
        ("PAdES", kind) for kind in who
    ]


def test_the_hubs_own_authority_stamps_the_signatures_of_a_pdf(nodes, hub, desks, tmp_path):
    file = tmp_path / "cong-van.pdf"
    file.write_bytes(write_pdf("Công văn", [Line("Nội dung")], day="2019-06-03"))
    words = ["--from", "H62", "--to", "H23", "--subject", "V/v ký số", "--number", "7/TSA"]
    options = [*words, *signed_with(desks / "H62", "person", "organisation"), str(file)]
    code, (sent,) = nodes("H62", "send", "--sign-pdf", "--tsa", f"{hub.url}/v1/tsa", *options)
    assert (code, sent["verdict"]["indication"]) == (0, "TOTAL-PASSED")
    assert [each["time_source"] for each in sent["verdict"]["signatures"]] == ["rfc3161", "rfc3161"]
    assert nodes("H62", "send", "--tsa", f"{hub.url}/v1/tsa", *options)[0] == 2
    assert nodes("H62", "send", "--sign-pdf", "--tsa", f"{hub.url}/nothing", *options)[0] == 3


def test_what_is_no_pdf_cannot_be_signed_in_itself(nodes, desks, tmp_path):
    options = signed_with(desks / "H62", "person")
    code, (told,) = nodes("H62", "send", *letter(tmp_path, "9/PDF"), "--sign-pdf", *options)
    assert code == 2
    assert "Công văn.txt" in told["error"]["message"]
    assert nodes("H62", "send", *letter(tmp_path, "9/PDF"), "--sign-pdf")[0] == 2


def test_the_certificate_of_another_agency_is_not_the_senders(nodes, desks, tmp_path):
    stolen = signed_with(desks / "H23", "organisation")
    code, (sent,) = nodes("H62", "send", *letter(tmp_path, "5/UBND-VP"), *stolen)
    assert code == 0
    assert (sent["verdict"]["indication"], sent["verdict"]["signed_by"]) == ("INDETERMINATE", "none")


def test_other_content_under_a_number_that_is_taken_is_refused(nodes, tmp_path):
    assert nodes("H62", "send", *letter(tmp_path, "6/UBND-VP"))[0] == 0
    code, (told,) = nodes("H62", "send", *letter(tmp_path, "6/UBND-VP", "khác"))
    assert (code, told["error"]["code"]) == (1, "number-taken")


def test_a_long_name_is_shortened_and_what_cannot_be_saved_stops_nothing(nodes, tmp_path):
    for number, name in (("71/VP", "a.txt"), ("72/VP", "ố" * 83 + "aa.pdf"), ("73/VP", "b.txt")):
        file = tmp_path / name
        file.write_text(number)
        about = ["--from", "H62", "--to", "H23", "--number", number, "--subject", "V/v lưu tệp"]
        assert nodes("H62", "send", *about, str(file))[0] == 0
    saved = tmp_path / "saved"
    _, items = nodes("H23", "inbox", "--all")
    blocked = next(item["document"] for item in items if item.get("number") == "71/VP")
    saved.mkdir()
    (saved / blocked).write_text("a file where the folder should be")
    code, items = nodes("H23", "inbox", "--all", "--save", str(saved))
    assert code == 1
    folders = {item["number"]: saved / item["document"] for item in items if item.get("number")}
    assert (folders["73/VP"] / "0-b.txt").read_text() == "73/VP"
    (cut,) = folders["72/VP"].glob("0-*.pdf")
    assert cut.read_text() == "72/VP"
    assert len(cut.name.encode()) <= 255


def test_a_document_goes_its_way_and_is_recalled(nodes, desks, tmp_path, hub):
    _, (sent,) = nodes(
        "H62", "send", *letter(tmp_path, "7/UBND-VP"), *signed_with(desks / "H62", "organisation")
    )
    saved = tmp_path / "saved"
    _, items = nodes("H23", "inbox", "--all", "--save", str(saved))
    assert "7/UBND-VP" in [item.get("number") for item in items]
    assert (saved / sent["id"] / "0-Công văn.txt").read_text(encoding="utf-8") == "nội dung"

    _, answers = nodes("H23", "serve", "--once", "--refused-share", "0")
    mine = [answer["code"] for answer in answers if answer["delivery"] == sent["deliveries"][0]["id"]]
    assert mine[:2] == ["01", "03"]
    assert not any(answer["refused"] for answer in answers)

    day = json.loads((saved / sent["id"] / "manifest.json").read_bytes())["issued_on"]
    recall = ["--from", "H62", "--to", "H23", "--subject", "Thu hồi", "--number", "8/UBND-VP"]
    notice = tmp_path / "thu-hoi.txt"
    notice.write_text("thu hồi")
    code, _ = nodes(
        "H62", "send", *recall, "--action", "recall", "--refers-to", f"7/UBND-VP@{day}", str(notice)
    )
    assert code == 0
    _, answers = nodes("H23", "serve", "--once", "--refused-share", "0")
    assert {answer["code"] for answer in answers if answer["delivery"] == mine_id(sent)} <= {"15", "16"}

    token = (desks / "H62" / "token").read_text()
    with Client(hub.url, token) as client:
        codes = [event.code for event in client.events().items if event.delivery == mine_id(sent)]
    assert codes[:2] == ["01", "03"]
    assert codes[-2] == "13"
    assert codes[-1] in {"15", "16"}


def mine_id(sent):
    return sent["deliveries"][0]["id"]


def test_a_status_the_graph_does_not_allow_is_refused_alone_and_in_a_batch(nodes, desks, tmp_path, hub):
    _, (sent,) = nodes("H62", "send", *letter(tmp_path, "9/UBND-VP"))
    with Client(hub.url, (desks / "H23" / "token").read_text()) as client:
        with pytest.raises(ProblemError, match="status-not-allowed"):
            client.post_status(Answer(mine_id(sent), "06"))
        taken, refused = client.post_statuses([Answer(mine_id(sent), "03"), Answer("no-such-delivery", "03")])
    assert (taken.refused, refused.refused) == (None, "not-found")


def test_a_signature_that_is_nonsense_is_told_in_words(nodes, tmp_path):
    manifest = tmp_path / "manifest.json"
    file = tmp_path / "Công văn.txt"
    file.write_text("nội dung", encoding="utf-8")
    digest = sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps({
        "from": "H62", "to": ["H23"], "number": "11/UBND-VP", "issued_on": "2019-06-03", "type": "cong-van",
        "subject": "V/v thử", "attachments": [{"name": file.name, "media_type": "text/plain",
                                               "size": file.stat().st_size, "sha256": digest}],
    }))  # fmt: skip
    nonsense = tmp_path / "manifest.p7s"
    nonsense.write_bytes(b"not a signature")
    code, (told,) = nodes("H62", "send", "--manifest", str(manifest), "--signature", str(nonsense), str(file))
    assert (code, told["error"]["code"]) == (1, "signature-rejected")
    assert told["error"]["problem"]["verdict"]["sub_indication"] == "FORMAT_FAILURE"
