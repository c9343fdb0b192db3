"""The command `nodes portal`: what comes in goes over a real hub, signed by the unit, and is counted."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
from support.hub import running_hub
from support.one_stop_client import OneStopClient
from support.waiting import GUARD_SECONDS

from nodes.cli import main
from nodes.cli.common import UsageError
from nodes.cli.portal import read_procedures

UNIT = "000.00.00.H50"
CSV = "code,name,service\n1.003560,Cấp giấy phép,full\n2.000001,Xác nhận,partial\n"
DOSSIER = {
    "MaHoSo": f"{UNIT}-200115-0001",
    "MaTTHC": f"1.003560.{UNIT}",
    "KenhThucHien": "2",
    "TrangThaiHoSo": "2",
    "NgayTiepNhan": "20200115090000",
    "NgayHenTra": "20200122090000",
}
STEP = {
    "MaHoSo": DOSSIER["MaHoSo"],
    "ThoiDiemXuLy": "20200115100000",
    "TrangThai": "4",
    "PhongBanXuLy": "Phòng Một cửa",
}


def posting(url):
    """Return what posts to a portal as one-stop systems do: one connection for each call."""

    def post(path, body):
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=GUARD_SECONDS)
        with closing(connection):
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            assert reply.status == 200
            return reply.read()

    return post


def started(command):
    """Start the command, and return its process and what it says first."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    return process, json.loads(process.stdout.readline())


@pytest.mark.slow
@pytest.mark.stores("sqlite")
def test_what_a_one_stop_system_says_is_a_signed_message_of_its_unit(tmp_path, database_url):
    files = {name: tmp_path / name for name in ("password", "procedures.csv", "registers")}
    files["password"].write_text("mật khẩu\n")
    files["procedures.csv"].write_text(CSV)
    with running_hub(tmp_path, database_url) as hub:
        options = ["--password-file", files["password"], "--procedures", files["procedures.csv"]]
        options += ["--hub", hub.url, "--sandbox", hub.sandbox_url]
        options += ["--sandbox-token-file", tmp_path / "sandbox-token", "--registers", files["registers"]]
        command = [sys.executable, "-m", "nodes", "portal", "--json", "--port", "0", "--success", "00"]
        process, told = started([*command, *map(str, options)])
        try:
            (unit,) = told["units"]
            assert (unit["username"], unit["password"]) == ("H50", "mật khẩu")
            client = OneStopClient(posting(told["url"]), UNIT, reading="code")
            assert client.login("H50", "mật khẩu")
            assert client.push(DOSSIER, [STEP])
            assert not client.push(DOSSIER | {"MaTTHC": "1.000001"}, [])
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(GUARD_SECONDS)
            process.stdout.close()
        reply = httpx.get(
            f"{hub.url}/v1/statistics/messages?by=kind&sender={UNIT}",
            headers={"Authorization": f"Bearer {hub.auditor()}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        )
        counted = {row["kind"]: (row["sent"], row["received"]) for row in reply.json()["items"]}
    assert counted == {"trang-thai-ho-so": (1, 1), "tien-do-ho-so": (1, 1)}
    with closing(sqlite3.connect(files["registers"] / "portal-000.00.00.G22.sqlite")) as register:
        verdicts = register.execute("SELECT kind, verdict FROM taken_messages ORDER BY kind").fetchall()
        statuses = register.execute("SELECT dossier, status FROM statuses").fetchall()
    assert verdicts == [("tien-do-ho-so", "TOTAL-PASSED"), ("trang-thai-ho-so", "TOTAL-PASSED")]
    assert statuses == [(DOSSIER["MaHoSo"], 2)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("1.003560", "1.3560"), r":2: found code '1\.3560', expected a code as 1\.003560"),
        (("partial", "half"), r":3: found service 'half'"),
        (("Xác nhận", ""), r":3: found 0 characters"),
        (("2.000001", "1.003560"), r":3: found 1\.003560 again"),
        ((CSV, ""), r"found no procedure"),
    ],
)
def test_procedures_that_cannot_be_read_are_refused_with_their_line(tmp_path, change, told):
    file = tmp_path / "procedures.csv"
    file.write_text(CSV)
    assert [each[0] for each in read_procedures(file)] == ["1.003560", "2.000001"]
    file.write_text(CSV.replace(*change))
    with pytest.raises(UsageError, match=told):
        read_procedures(file)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--unit", "G22"], "sends itself no messages"),
        (["--unit", "H99"], "H99"),
        (["--hub", "http://127.0.0.1:9"], "--hub needs --sandbox"),
        (["--sandbox", "http://127.0.0.1:9"], "needs --hub"),
        (["--password-file", "nowhere"], "nowhere"),
        (["--procedures", "nowhere"], "nowhere"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, told, capsys):
    assert main(["portal", *options]) == 2
    assert told in capsys.readouterr().err
