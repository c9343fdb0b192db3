"""Systems that may call: known by the id in a call, and by a secret that the hub's key decrypts."""

from support.old_protocol_systems import DEPARTMENT, HAI_PHONG, old_door


def test_a_system_may_name_itself_in_either_form(door, hai_phong):
    assert door.client("H24", door.secrets[HAI_PHONG]).received()["status"] == "OK"
    assert hai_phong.received()["status"] == "OK"


def test_a_revoked_system_is_refused_and_a_new_one_takes_its_place(door, hai_phong):
    assert hai_phong.received()["status"] == "OK"
    door.revoke(HAI_PHONG)
    assert hai_phong.received()["ErrorCode"] == "15"
    renewed = door.join(HAI_PHONG)
    door.hub.watch.look()
    assert hai_phong.received()["ErrorCode"] == "15"
    assert renewed.received()["status"] == "OK"


def test_the_directory_is_changed_only_by_systems_that_were_granted_it(door, hai_phong):
    assert hai_phong.delete(DEPARTMENT)["ErrorCode"] == "15"
    assert door.faults() == {(HAI_PHONG, "deleteAgency", "not-granted"): 1}


def test_a_hub_whose_key_is_gone_says_only_that_it_failed(door, hai_phong, caplog):
    door.hub.settings.secret_key_file.write_bytes(b"AAAA")
    reply = hai_phong.received()
    assert reply["ErrorCode"] == "20"
    assert "key" not in reply["ErrorDesc"]
    assert "secret key file" in caplog.text


def test_a_hub_without_systems_needs_no_key(tmp_path, database_url, database):  # noqa: ARG001
    with old_door(tmp_path, database_url) as door:
        door.hub.settings.secret_key_file.unlink()
        assert door.client(HAI_PHONG, "x").received()["ErrorCode"] == "15"
