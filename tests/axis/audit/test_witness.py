"""A witness cosigns what follows from all it saw, and says aloud what does not."""

import pytest
from support.audited_hub import AuditedHub

from axis.audit.audit_folder import opened_state
from axis.audit.errors import LedgerBrokenError, StateRefusedError
from axis.audit.witness import KEY_FILE, follow, witness_key


class StopError(Exception):
    """The test has seen enough."""


class Watch:
    """A witness that looks so many times; between two looks something happens."""

    def __init__(self, hub: AuditedHub, folder):
        self.hub, self.folder, self.said = hub, folder, []

    def look(self, *between):
        happenings = list(between)

        def wait():
            if not happenings:
                raise StopError
            happenings.pop(0)()

        cosigner = witness_key(self.folder, "Thanh tra 1")
        with self.hub.client() as client, opened_state(self.folder) as state:
            follow(state, client, (), cosigner, say=self.said.append, wait=wait)


@pytest.fixture
def watch(hub, tmp_path):
    hub.send("unsigned")
    return Watch(hub, tmp_path)


def cosignatures(hub):
    with hub.client() as client:
        return client.json("/v1/ledger/cosignatures")["items"]


def test_each_new_tree_is_cosigned_once_and_the_hub_shows_it(hub, watch):
    with pytest.raises(StopError):
        watch.look(lambda: hub.send("unsigned"), lambda: None)
    assert [line.split(" ")[0] for line in watch.said] == ["1", "2"]
    (item,) = cosignatures(hub)
    assert (item["witness"], item["size"]) == ("Thanh-tra-1", 2)
    with pytest.raises(StopError):
        watch.look()
    assert len(cosignatures(hub)) == 1  # the same key after a restart
    assert (watch.folder / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_fork_is_never_cosigned_after_a_restart_either(hub, watch):
    hub.send("unsigned")
    with pytest.raises(StopError):
        watch.look()
    hub.rewrite(lambda leaves: [leaves[1], leaves[0]])
    for _ in range(2):
        with pytest.raises(LedgerBrokenError, match="entry 0"):
            watch.look()
    assert len(watch.said) == 1


def test_a_rewind_while_it_watches_is_said(hub, watch):
    hub.send("unsigned")
    with pytest.raises(LedgerBrokenError) as broken:
        watch.look(lambda: hub.rewrite(lambda leaves: leaves[:1]))
    assert broken.value.finding.kind == "rewind"


def test_a_hub_that_does_not_answer_is_asked_again(hub, watch):
    def lose():
        hub.transport.most = len(hub.transport.asked)

    def find():
        hub.transport.most = None
        hub.send("unsigned")

    with pytest.raises(StopError):
        watch.look(lose, find)
    assert ["cosigned" in line for line in watch.said] == [True, False, True]
    assert "the hub is gone" in watch.said[1]


def test_a_file_that_holds_no_key_is_refused(tmp_path):
    (tmp_path / KEY_FILE).write_text("no key", encoding="utf-8")
    with pytest.raises(StateRefusedError, match="holds no key"):
        witness_key(tmp_path, "w")
