"""`axis objects list|move`, on a store with large contents, beside a hub, and killed on the way."""

import io
import json
import signal
import subprocess
import sys
from hashlib import sha256

import pytest
from support.environment import inherited
from support.objects import store_content
from support.waiting import GUARD_SECONDS, wait_until

from axis.cli import main
from axis.database.serving_lock import only_hub
from axis.intake.tables import uploads
from axis.jobs.leases import CHORES, Lease
from axis.objects.moves import places
from axis.objects.store import open_place, read_pieces

CONTENTS = [f"Phụ lục {number}".encode() for number in range(60)]


@pytest.fixture
def folder(database, database_url, tmp_path, monkeypatch):
    """An empty folder, beside a store with sixty uploads in rows, which the environment names."""
    rows = [
        {
            "owner": "H24",
            "sha256": sha256(content).hexdigest(),
            "size": len(content),
            "upload": store_content(database, content),
            "stored_at": 0,
            "used_at": 0,
        }
        for content in CONTENTS
    ]
    database.write(lambda tx: tx.execute(uploads.insert(), rows) and None)
    monkeypatch.setenv("AXIS_DATABASE_URL", database_url)
    path = tmp_path / "large"
    path.mkdir()
    return path


def contents(database, url):
    objects = open_place(database, url, "TO")
    with database.read() as tx:
        rows = tx.execute(uploads.select()).all()
    return sorted(b"".join(read_pieces(objects, row.upload, 0, row.size)) for row in rows)


def listed(capsys):
    capsys.readouterr()
    assert main(["objects", "list", "--json"]) == 0
    return [(each["place"], each["objects"]) for each in json.loads(capsys.readouterr().out)["items"]]


def test_contents_are_moved_to_the_setting_and_back_and_listed(folder, database, capsys, monkeypatch):
    monkeypatch.setenv("AXIS_OBJECTS_URL", folder.as_uri())
    assert listed(capsys) == [("rows:", 60)]
    assert main(["objects", "move", "rows:"]) == 0
    assert (
        capsys.readouterr().out
        == f"60 objects, {sum(map(len, CONTENTS))} bytes, are at file://{folder} now\n"
    )
    assert contents(database, folder.as_uri()) == sorted(CONTENTS)
    assert listed(capsys) == [(f"file://{folder}", 60)]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{folder.as_uri()}\n"))
    assert main(["objects", "move", "-", "rows:", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["objects"] == 60
    assert contents(database, "rows:") == sorted(CONTENTS)


@pytest.mark.stores("sqlite")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rows:", "rows:"], "the same place"),
        (["ftp://khoa:bi-mat@host/x", "rows:"], "FROM is not of the form"),
        (["rows:", "file:///not-there"], "TO: /not-there is no folder"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_places_that_cannot_be_are_refused(capsys, arguments, said):
    assert main(["objects", "move", *arguments]) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert "bi-mat" not in printed


@pytest.mark.stores("postgresql")
def test_nothing_is_moved_while_a_hub_keeps_its_lease(folder, database, capsys):
    hub = Lease(database, CHORES, GUARD_SECONDS)
    assert hub.keep()
    assert main(["objects", "move", "rows:", folder.as_uri()]) == 2
    assert "a hub runs on this store" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
    hub.release()
    assert main(["objects", "move", "rows:", folder.as_uri()]) == 0


@pytest.mark.stores("sqlite")
def test_a_move_waits_for_no_hub_and_one_that_is_killed_is_run_again(folder, database, database_url):
    arguments = [sys.executable, "-m", "axis", "objects", "move", "rows:", folder.as_uri()]
    environment = inherited() | {"AXIS_DATABASE_URL": database_url}
    with only_hub(database_url):
        refused = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert (refused.returncode, "served already" in refused.stderr) == (2, True)
    assert list(folder.iterdir()) == []

    moving = subprocess.Popen(arguments, env=environment)
    wait_until(lambda: len(list(folder.glob("*/*"))) > 1, "objects in the folder")
    moving.send_signal(signal.SIGKILL)
    moving.wait()
    assert contents(database, folder.as_uri()) == sorted(CONTENTS)
    assert main(arguments[3:]) == 0
    assert contents(database, folder.as_uri()) == sorted(CONTENTS)
    with database.read() as tx:
        assert [each.place for each in places(tx)] == [f"file://{folder}"]
