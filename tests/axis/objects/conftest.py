"""Where objects lie outside the database: in a folder, and on a real S3 server."""

import pytest
from support.cloud_servers import cloud_server
from support.s3_server import s3_server


@pytest.fixture(scope="module")
def server():
    """A running S3 server."""
    with s3_server() as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def url(request, tmp_path):
    """The URL of a place for objects, of each kind."""
    if request.param == "s3":
        return request.getfixturevalue("server").url
    (tmp_path / "tệp lớn").mkdir()
    return (tmp_path / "tệp lớn").as_uri()


@pytest.fixture(params=["folder", "s3", "gs", "az"])
def any_url(request, tmp_path):
    """The same, and one for each further provider, whose servers are our own."""
    if request.param == "s3":
        yield request.getfixturevalue("server").url
    elif request.param == "folder":
        yield tmp_path.as_uri()
    else:
        with cloud_server(request.param, tmp_path) as url:
            yield url
