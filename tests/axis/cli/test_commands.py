"""The commands that belong to directory, tokens and trust, as an operator types them."""

import json
import os
import socket
import stat
import subprocess
import sys

import pytest
from support import pki

from axis.cli import main
from signing.certificates import fingerprint, load_certificates, to_pem


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """A store of its own in an empty folder."""
    for name in [name for name in os.environ if name.startswith("AXIS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AXIS_DATABASE_URL", f"sqlite:///{tmp_path}/data/axis.db")
    monkeypatch.setenv("AXIS_PUBLIC_URL", "http://axis.test")
    return tmp_path


@pytest.fixture
def axis(capsys):
    """Run a command that succeeds and return what it printed."""

    def run(*arguments, status=0) -> str:
        assert main(arguments) == status, capsys.readouterr().err
        printed = capsys.readouterr()
        return printed.out if status == 0 else printed.err

    return run


@pytest.fixture
def hai_phong(axis):
    axis("agency", "add", "H24", "--name", "Ủy ban nhân dân thành phố Hải Phòng")


def test_agencies_are_added_listed_locked_and_unlocked(axis):
    assert "1 added" in axis("agency", "add", "H24", "--name", "Hải Phòng")
    axis("agency", "add", "H24.05", "--name", "Sở Nội vụ")
    axis("agency", "lock", "000.00.00.H24")
    items = json.loads(axis("agency", "list", "--json"))["items"]
    assert {item["code"]: (item["parent"], item["locked"]) for item in items} == {
        "000.00.00.H24": (None, True),
        "000.00.05.H24": ("000.00.00.H24", False),
    }
    assert "locked" in axis("agency", "list", "--q", "hai phong")
    assert not json.loads(axis("agency", "unlock", "H24", "--json"))["locked"]
    assert "not in the directory" in axis("agency", "lock", "H99", status=2)


def test_contacts_are_added_left_as_they_were_and_cleared(axis):
    axis("agency", "add", "H24", "--name", "Hải Phòng", "--mail", "vanthu@haiphong.example", "--fax", "1")
    axis("agency", "add", "H24", "--name", "Hải Phòng", "--mobile", "0912 345 678", "--fax", "")
    (item,) = json.loads(axis("agency", "list", "--json"))["items"]
    assert (item["mail"], item["mobile"], item["fax"]) == ("vanthu@haiphong.example", "0912 345 678", None)
    assert "/mail" in axis("agency", "add", "H24", "--name", "Hải Phòng", "--mail", "nobody", status=2)


def test_a_port_that_cannot_be_had_is_refused_before_the_store_is_touched(axis, environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port} of 127.0.0.1" in axis("serve", "--port", port, status=2)
        assert port in axis("serve", "--port", "0", "--sandbox-port", port, status=2)
    with pytest.raises(SystemExit, match="2"):
        main(("serve", "--port", "99999"))
    assert not (environment / "data").exists()


def test_a_hub_that_is_not_there_is_told_in_json_and_waited_for_a_number_of_seconds(capsys):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert main(("ready", "--url", url, "--wait", "0.1", "--json")) == 1
    assert not json.loads(capsys.readouterr().out)["ready"]
    for text in ("nan", "inf", "-1", "soon"):
        with pytest.raises(SystemExit, match="2"):
            main(("ready", "--url", url, "--wait", text))


def test_a_file_is_imported_whole_or_not_at_all(axis, environment):
    file = environment / "agencies.csv"
    file.write_text("code,name,parent\nH24.05,Sở Nội vụ,H24\nH24,Hải Phòng,\n", encoding="utf-8")
    assert json.loads(axis("agency", "import", str(file), "--json")) == {"added": 2, "known": 0}
    file.write_text("code,name,parent\nH25,Hải Dương,\nH26,Hà Giang,H98\n", encoding="utf-8")
    assert "H98" in axis("agency", "import", str(file), status=2)
    file.write_text("code,name\nH25,Hải Dương\n,không mã\n", encoding="utf-8")
    assert "line 3, code" in axis("agency", "import", str(file), status=2)
    assert len(json.loads(axis("agency", "list", "--json"))["items"]) == 2
    assert "No such file" in axis("agency", "import", "nowhere.csv", status=2)


@pytest.mark.usefixtures("hai_phong")
def test_a_token_is_printed_alone_listed_without_itself_and_revoked(axis):
    token = axis("token", "create", "--agency", "H24", "--subtree", "--expires", "30")
    assert token.startswith("axis_")
    assert token.count("\n") == 1
    axis("token", "create", "--auditor", "Thanh tra")
    listed = axis("token", "list", "--json")
    assert token.strip() not in listed
    by_role = {item["role"]: item for item in json.loads(listed)["items"]}
    assert (by_role["agency"]["subtree"], by_role["auditor"]["name"]) == (True, "Thanh tra")
    assert by_role["agency"]["expires_at"]
    axis("token", "revoke", by_role["agency"]["id"])
    assert "revoked" in axis("token", "list")
    assert "no token" in axis("token", "revoke", by_role["agency"]["id"], status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "create", "--agency", "H99"),
        ("token", "create", "--auditor", "x", "--subtree"),
        ("ca", "issue", "--agency", "H24", "--out", "out"),
        ("ca", "issue", "--agency", "H24", "--person", "An", "--out", "out"),
        ("ca", "revoke", "abc"),
    ],
)
@pytest.mark.usefixtures("hai_phong")
def test_what_cannot_be_done_is_said_in_one_line(axis, arguments):
    said = axis(*arguments, status=2)
    assert said.startswith("axis: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("token", "create"),
        ("token", "create", "--agency", "no code!"),
        ("token", "create", "--auditor", "x", "--expires", "0"),
        ("agency", "add", "H24"),
        ("ca", "issue", "--agency", "H24", "--key", "dsa", "--out", "x"),
    ],
)
def test_what_is_not_understood_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: axis" in capsys.readouterr().err


def test_a_setting_that_is_none_is_named(axis, monkeypatch):
    monkeypatch.setenv("AXIS_UNSIGNED", "maybe")
    assert "AXIS_UNSIGNED" in axis("agency", "list", status=2)


@pytest.mark.parametrize("key", ["p256", "rsa-2048", "rsa-3072"])
@pytest.mark.usefixtures("hai_phong")
def test_openssl_accepts_what_is_issued_and_signed_here(axis, environment, key):
    init = json.loads(axis("ca", "init", "--json"))
    assert init["root"]["url"] == "http://axis.test/v1/ca/root.crt"
    answer = json.loads(axis("ca", "issue", "--agency", "H24", "--key", key, "--out", "seal", "--json"))
    assert stat.S_IMODE((environment / "seal/key.pem").stat().st_mode) == 0o600
    leaf, issuer = load_certificates((environment / "seal/cert.pem").read_bytes())
    assert (leaf.issuer, f"{leaf.serial_number:x}") == (issuer.subject, answer["serial"])
    (environment / "manifest.json").write_bytes(b'{"from": "000.00.00.H24"}\r\n')
    axis("sign", "manifest.json", "--cert", "seal/cert.pem", "--key", "seal/key.pem", "--out", "m.p7s")
    command = """openssl cms -verify -binary -inform DER -in m.p7s -content manifest.json
        -CAfile seal/cert.pem -partial_chain -out out.json"""
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (environment / "out.json").read_bytes() == (environment / "manifest.json").read_bytes()
    assert "there already" in axis("ca", "issue", "--agency", "H24", "--out", "seal", status=2)


@pytest.mark.usefixtures("hai_phong")
def test_a_persons_certificate_is_issued_revoked_and_bound(axis):
    axis("ca", "init")
    assert "already" in axis("ca", "init", status=2)
    person = ("--person", "Nguyễn Văn An", "--title", "Chủ tịch")
    issued = axis("ca", "issue", "--agency", "H24", *person, "--out", "an", "--json")
    answer = json.loads(issued)
    assert "Nguyễn" in answer["subject"]
    bind = ("certificate", "register", "an/cert.pem", "--agency", "H24", "--kind", "person")
    assert json.loads(axis(*bind, "--json"))["kind"] == "person"
    revoked = json.loads(
        axis("ca", "revoke", answer["serial"].upper(), "--reason", "keyCompromise", "--json")
    )
    assert revoked == {"serial": answer["serial"], "reason": "keyCompromise"}


@pytest.mark.usefixtures("hai_phong")
def test_a_key_that_belongs_to_another_certificate_signs_nothing(axis, environment):
    axis("ca", "init")
    for name in ("one", "two"):
        axis("ca", "issue", "--agency", "H24", "--out", name)
    (environment / "m").write_bytes(b"{}")
    said = axis("sign", "m", "--cert", "one/cert.pem", "--key", "two/key.pem", "--out", "s", status=2)
    assert said.startswith("axis: ")
    assert not (environment / "s").exists()


def test_python_m_axis_is_the_same_command():
    command = [sys.executable, "-m", "axis", "agency", "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"items": []}


def test_trust_anchors_are_added_listed_and_removed(axis, environment):
    roots = environment / "roots.pem"
    roots.write_bytes(to_pem(pki.root().certificate, pki.issuing().certificate))
    sha256 = fingerprint(pki.root().certificate)
    assert "added: root" in axis("trust", "add", str(roots))
    assert "there already: intermediate" in axis("trust", "add", str(roots))
    items = json.loads(axis("trust", "list", "--json"))["items"]
    assert [item["role"] for item in items if item["certificate"]["sha256"] == sha256] == ["root"]
    assert sha256 in axis("trust", "list")
    axis("trust", "remove", sha256.upper())
    assert sha256 not in axis("trust", "list")
    assert "not among" in axis("trust", "remove", sha256, status=2)
