"""`axis trust` and `axis certificate register`: what is trusted and bound, and what is refused."""

import json

import pytest
from support import broken_trust, pki, raw_certificates

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.cli import main
from axis.clock import real_now
from axis.protocol.agency_codes import canonical
from axis.trust import queries
from signing.certificates import fingerprint, to_pem

REFUSED = 2
ROOT = pki.root().certificate
BROKEN = broken_trust.pem_of(b"\x30\x03\x02\x01")


@pytest.fixture
def store(database, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("AXIS_DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    return database


@pytest.mark.usefixtures("store")
def test_a_bundle_with_a_certificate_nobody_can_use_adds_none_of_it(tmp_path, capsys):
    (tmp_path / "all.pem").write_bytes(to_pem(ROOT) + BROKEN)
    assert main(["trust", "add", "all.pem"]) == REFUSED
    expected = "axis: all.pem, part 2 cannot be trusted: it cannot be read as a certificate\n"
    assert capsys.readouterr().err == expected
    assert main(["trust", "list"]) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "all.pem").write_bytes(to_pem(ROOT))
    assert main(["trust", "add", "all.pem"]) == 0


@pytest.mark.usefixtures("store")
def test_a_file_without_certificates_is_refused(tmp_path, capsys):
    (tmp_path / "list.pem").write_bytes(broken_trust.list_in_pem(pki.crl()))
    assert main(["trust", "add", "list.pem"]) == REFUSED
    assert capsys.readouterr().err == "axis: no certificate in list.pem\n"


def test_a_row_that_cannot_be_read_is_named_beside_the_others_and_can_be_removed(store, tmp_path, capsys):
    bad = {"sha256": "0" * 64, "role": "root", "der": b"\x30\x00", "added_at": real_now()}
    store.write(lambda tx: queries.put_trusted(tx, bad))
    (tmp_path / "root.pem").write_bytes(to_pem(ROOT))
    assert main(["trust", "add", "root.pem"]) == 0
    capsys.readouterr()
    assert main(["trust", "list", "--json"]) == 0
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert [each["certificate"]["sha256"] for each in answer["items"]] == [fingerprint(ROOT)]
    assert [each["item"] for each in answer["left_out"]] == [f"store: certificate {'0' * 64}"]
    assert captured.err.startswith(f"axis: store: certificate {'0' * 64} is left out: ")
    assert main(["trust", "remove", "0" * 64]) == 0
    capsys.readouterr()
    assert main(["trust", "list"]) == 0
    assert capsys.readouterr().err == ""


def test_a_certificate_nobody_can_use_is_bound_to_no_agency(store, tmp_path, capsys):
    store.write(lambda tx: put_agencies(tx, [AgencyEntry(canonical("H24"), "Hải Dương")], real_now()))
    (tmp_path / "bad.pem").write_bytes(BROKEN)
    (tmp_path / "good.pem").write_bytes(to_pem(pki.organisation().certificate) + BROKEN)
    command = ["certificate", "register", "--agency", "H24", "--kind", "organisation"]
    assert main([*command, "bad.pem"]) == REFUSED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("axis: bad.pem: ")
    assert "it cannot be read as a certificate" in line
    assert main([*command, "good.pem"]) == 0  # of several, the first is the signer's own


def test_a_root_with_a_name_in_latin_1_is_trusted_and_bound(store, tmp_path, capsys):
    store.write(lambda tx: put_agencies(tx, [AgencyEntry(canonical("H24"), "Hải Dương")], real_now()))
    broken_trust.latin1_root(tmp_path)
    assert main(["trust", "add", "teletex.crt"]) == 0
    assert capsys.readouterr().out == "added: root CN=CA Phú\n"
    assert main(["trust", "list"]) == 0
    assert "CN=CA Phú" in capsys.readouterr().out
    register = ["certificate", "register", "teletex.crt", "--agency", "H24", "--kind", "organisation"]
    assert main(register) == 0
    assert "CN=CA Phú is bound to 000.00.00.H24" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("tag", "text"),
    [(0x13, b"Ph\xfa"), (0x1E, b"\0P\0"), (0x1C, b"\xff" * 4), (0x0C, b"\x1b[31m\nroot"), (0x14, b"\x9b1m")],
)
@pytest.mark.usefixtures("store")
def test_a_name_that_cannot_be_shown_is_refused_or_escaped_and_nothing_more(tag, text, tmp_path, capsys):
    (tmp_path / "odd.der").write_bytes(raw_certificates.root(text, tag).der)
    answer = main(["trust", "add", "odd.der"])
    captured = capsys.readouterr()
    if answer == 0:
        assert main(["trust", "list"]) == 0
        for shown in (captured.out, capsys.readouterr().out):
            assert all(line.isprintable() for line in shown.splitlines())
    else:
        assert answer == REFUSED
        assert captured.err.startswith("axis: odd.der cannot be trusted: ")
    assert (answer == 0) is (tag in {0x0C, 0x14})


def test_trust_anchors_are_added_listed_and_removed(axis, environment):
    roots = environment / "roots.pem"
    roots.write_bytes(to_pem(ROOT, pki.issuing().certificate))
    sha256 = fingerprint(ROOT)
    assert "added: root" in axis("trust", "add", str(roots))
    assert "there already: intermediate" in axis("trust", "add", str(roots))
    items = json.loads(axis("trust", "list", "--json"))["items"]
    assert [item["role"] for item in items if item["certificate"]["sha256"] == sha256] == ["root"]
    assert sha256 in axis("trust", "list")
    axis("trust", "remove", sha256.upper())
    assert sha256 not in axis("trust", "list")
    assert "not among" in axis("trust", "remove", sha256, status=2)
