"""A disk with too little room, or a database that is too large, raises an alert until there is room again."""

import json

from support.alerts import GIB, WatchedExchange

from axis.alert_checks.room import disk_room


def test_a_disk_that_fills_up_raises_one_until_it_has_room(watched: WatchedExchange, tmp_path) -> None:
    watched.set(objects_url=f"file://{tmp_path}/objects", alert_store_free_percent=10)
    folders = {f"{tmp_path}/objects"}
    if watched.settings.database_url.startswith("sqlite"):
        folders.add(str(tmp_path))
    watched.free = 10 * GIB
    assert watched.look("store-filling") == (0, 0)
    watched.free -= 1
    assert watched.look("store-filling") == (len(folders), 0)
    assert set(watched.subjects("store-filling")) == folders
    assert json.loads(watched.open("store-filling")[0].facts)["threshold"] == "90%"
    watched.free = 11 * GIB
    assert watched.look("store-filling") == (0, len(folders))


def test_a_database_above_its_size_raises_one_until_the_size_is_raised(watched: WatchedExchange) -> None:
    watched.set(alert_store_free_percent=0, alert_store_bytes=1)
    assert watched.look("store-filling") == (1, 0)
    assert watched.subjects("store-filling") == ["database"]
    watched.set(alert_store_bytes=1_000 * GIB)
    assert watched.look("store-filling") == (0, 1)


def test_the_room_of_a_disk_is_what_the_system_says(tmp_path) -> None:
    free, total = disk_room(tmp_path)
    assert 0 <= free <= total
