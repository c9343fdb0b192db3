"""Object stores outside the database: a folder, a real S3 server, and our own that speak as GCS and Azure."""

import io
import logging
import os
import shutil
from pathlib import Path

import pytest
from support.cloud_servers import KEY, cloud_server
from support.s3_server import SECRET, s3_server

from axis.database import StoreFailing
from axis.objects.bucket import PART_BYTES, Bucket, ObjectMissingError
from axis.objects.spool import Spool
from axis.settings import SettingInvalidError, Settings, from_environment

LARGE = os.urandom(PART_BYTES + 3) + bytes(PART_BYTES)
"""More than two parts."""


@pytest.fixture
def bucket(any_url):
    return Bucket(any_url)


def put(bucket, name, content):
    spool = Spool.of(content, memory=0)
    try:
        bucket.put(name, spool)
    finally:
        spool.close()


@pytest.mark.parametrize("content", [b"", b"a", LARGE], ids=["nothing", "a byte", "three parts"])
def test_what_was_put_is_read_whole_and_in_ranges(bucket, content):
    put(bucket, "ab/one", content)
    middle = len(content) // 2
    for start, end in ((0, len(content)), (middle, len(content)), (max(0, middle - 9), middle)):
        if start < end:
            assert bucket.read("ab/one", start, end) == content[start:end]
    assert not bucket.failing


def test_what_is_missing_or_short_is_told_and_the_store_does_not_fail_for_it(bucket):
    put(bucket, "ab/short", b"short")
    for name, start, end in (("ab/none", 0, 1), ("ab/short", 0, 6), ("ab/short", 5, 6)):
        with pytest.raises(ObjectMissingError):
            bucket.read(name, start, end)
    assert not bucket.failing


def test_removing_removes_and_takes_what_is_gone_for_removed(bucket):
    for name in ("ab/one", "ab/other"):
        put(bucket, name, b"content")
    bucket.remove(["ab/one", "ab/never-there"])
    bucket.remove(["ab/one"])
    with pytest.raises(ObjectMissingError):
        bucket.read("ab/one", 0, 1)
    assert bucket.read("ab/other", 0, 7) == b"content"


def test_a_server_that_is_gone_is_told_once_without_credentials_and_so_is_its_return(caplog):
    caplog.set_level(logging.DEBUG)
    with s3_server() as server:
        bucket = Bucket(server.url)
        bucket.probe()
        server.stop()
        for attempt in (
            lambda: put(bucket, "ab/one", b"x"),
            lambda: bucket.read("ab/one", 0, 1),
            bucket.probe,
        ):
            with pytest.raises(StoreFailing) as told:
                attempt()
            assert told.value.params["retry_after_seconds"] >= 1
            assert (told.value.__cause__, told.value.__suppress_context__) == (None, True)
        assert bucket.failing
        server.start()
        bucket.probe()
    assert not bucket.failing
    said = [record for record in caplog.records if record.name == "axis.objects"]
    assert [record.levelname for record in said] == ["ERROR", "WARNING"]
    shown = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert SECRET not in shown
    assert "khoa-bi-mat" not in shown
    assert f"s3://{bucket.place.removeprefix('s3://')}" in shown


def test_a_bucket_that_is_not_there_makes_the_store_fail_and_no_object_missing(server):
    bucket = Bucket(server.url.replace("axis-objects", "other-bucket"))
    for attempt in (lambda: put(bucket, "ab/one", b"x"), lambda: bucket.read("ab/one", 0, 1)):
        with pytest.raises(StoreFailing):
            attempt()


def test_a_folder_that_is_gone_is_not_made_anew(tmp_path):
    folder = tmp_path / "mounted"
    folder.mkdir()
    bucket = Bucket(folder.as_uri())
    put(bucket, "ab/one", b"content")
    shutil.move(folder, tmp_path / "away")
    for attempt in (lambda: put(bucket, "ab/two", b"x"), lambda: bucket.read("ab/one", 0, 1)):
        with pytest.raises(StoreFailing):
            attempt()
    assert not folder.exists()
    shutil.move(tmp_path / "away", folder)
    bucket.probe()
    assert bucket.read("ab/one", 0, 7) == b"content"


def test_the_disk_has_a_file_and_its_way_to_it_before_a_put_returns(tmp_path, monkeypatch):
    synced, real = [], os.fsync

    def noting(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs Linux to tell the file of a handle")
    monkeypatch.setattr(os, "fsync", noting)
    put(Bucket(tmp_path.as_uri()), "ab/one", b"content")
    assert synced == [str(tmp_path / "ab" / "one"), str(tmp_path / "ab"), str(tmp_path)]


@pytest.mark.parametrize(
    "url",
    [
        f"s3://khoa:{SECRET.partition('/')[0]}@bucket/x?nonsense=1",
        f"gs://khoa:{SECRET.partition('/')[0]}@bucket/x",
        f"s3://khoa:{SECRET.partition('/')[0]}\uff03@bucket/x",
        "file:///no/such/folder",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(url):
    with pytest.raises(SettingInvalidError) as refused:
        Bucket(url)
    assert "AXIS_OBJECTS_URL" in str(refused.value)
    assert "khoa-bi-mat" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["", "rows", "s3://", "ftp://host/x", "file://relative", "https://host/bucket"]
)
def test_what_is_no_place_for_objects_is_no_setting(url):
    with pytest.raises(SettingInvalidError, match="AXIS_OBJECTS_URL"):
        from_environment({"AXIS_OBJECTS_URL": url})


def test_a_print_of_the_settings_holds_no_credential(server):
    settings = from_environment(
        {
            "AXIS_OBJECTS_URL": server.url,
            "AXIS_DATABASE_URL": "postgresql+psycopg://axis:mat-khau@127.0.0.1/axis",
        }
    )
    out = io.StringIO()
    print(settings, repr(settings), file=out)
    assert "khoa" not in out.getvalue()
    assert "mat-khau" not in out.getvalue()
    assert settings.objects_url == server.url
    assert Settings().objects_url == "rows:"


@pytest.mark.parametrize("kind", ["gs", "az"])
def test_a_container_that_is_not_there_fails_the_store_and_is_told_without_credentials(
    kind, tmp_path, caplog
):
    with cloud_server(kind, tmp_path) as url:
        bucket = Bucket(url.replace("//axis-objects", "//other").replace("@axis-objects", "@other"))
        with pytest.raises(StoreFailing):
            put(bucket, "ab/one", b"x")
    assert bucket.failing
    shown = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "other/van-ban" in shown
    assert KEY not in shown
