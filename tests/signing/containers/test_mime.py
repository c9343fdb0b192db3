"""Mail that programs divide differently is not judged, and deep mail ends."""

import pytest
from support.containers import outcome

from signing.verdict_vocabulary import SubIndication

AMBIGUOUS = (SubIndication.GENERIC, "mime-ambiguous")


def boundary_of(data):
    return data.partition(b'boundary="')[2].partition(b'"')[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"Content-Type: text/plain\n" + data,
        lambda data: data.replace(b"Content-Type:", b"Content-Type :", 1),
        lambda data: data.replace(b"multipart/signed", b"multipart/(x)signed", 1),
        lambda data: data.replace(b"--" + boundary_of(data) + b"--", b""),
        lambda data: data.replace(b"\nV/v", b"\n--" + boundary_of(data) + b"x\nV/v"),
        lambda data: data.replace(b'boundary="', b'boundary="x"; boundary="', 1),
        lambda data: data.replace(b'boundary="', b'boundary*0="', 1),
        lambda data: data.replace(b"boundary=", b"bound=", 1),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_mail_programs_divide_differently_is_not_judged(detached, change):
    assert outcome(change(detached)) == AMBIGUOUS


def test_deep_and_wide_messages_end():
    deep = b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(1_000))
    assert outcome(deep) == (SubIndication.GENERIC, "mime-too-complex")
    wide = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000 + b"--b--"
    assert outcome(wide) == (SubIndication.GENERIC, "mime-too-complex")
    long = b"Content-Type: text/plain\n" + b" x\n" * 80_000
    assert outcome(long + b"\n") == (SubIndication.GENERIC, "mime-too-complex")
