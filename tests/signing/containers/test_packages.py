"""A package that says it is signed is told, whatever its signatures are called; no other is."""

import struct
import zipfile

import pytest
from support.containers import judge_all, pack

from signing.containers.packages import MAX_PART_BYTES, read_package
from signing.containers.signed_archives import read_container
from signing.errors import UnreadableSignature
from signing.file_kinds import FileKind, holds_marks

KIND = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/"
OF_SIGNATURES = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
OF_ORIGIN = "application/vnd.openxmlformats-package.digital-signature-origin"
DOCUMENT = {"word/document.xml": b"<w:document xmlns:w='w'/>"}


def types(*listed):
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    default = '<Default Extension="rels" ContentType="application/x"/>'
    return f'<?xml version="1.0"?><Types xmlns="{namespace}">{default}{"".join(listed)}</Types>'.encode()


def relationships(*named):
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed = "".join(f'<Relationship Id="r" Type="{kind}" Target="{target}"/>' for kind, target in named)
    return f'<?xml version="1.0"?><Relationships xmlns="{namespace}">{listed}</Relationships>'.encode()


def package(more=(), listed=(), root=(), **changes):
    """The files of a package."""
    files = {"[Content_Types].xml": types(*listed), "_rels/.rels": relationships(*root), **DOCUMENT}
    return {**files, **dict(more), **changes}


def from_origin(target="/a/b.c", folder="a/_rels/b.c.rels", kind=KIND + "signature"):
    """A package whose signature is found by its relationships alone."""
    return package({folder: relationships((kind, "../x.bin"))}, root=[(KIND + "origin", target)])


BY_OVERRIDE = package(listed=[f'<Override PartName="/x.bin" ContentType="{OF_SIGNATURES}"/>'])
BY_ENDING = package({"x.kyso": b""}, [f'<Default Extension="KySo" ContentType="{OF_SIGNATURES}"/>'])
UTF_16 = BY_OVERRIDE["[Content_Types].xml"].decode().replace("1.0", "1.0", 1).encode("utf-16")
SIGNED = {
    "by its relationships": from_origin(),
    "by relationships without a slash": from_origin("a/b.c"),
    "by relationships with dots": from_origin("./z/../a/./b.c"),
    "by a name in other letters": from_origin("/A/B.C"),
    "by a name with escapes": from_origin("/%61/b%2Ec"),
    "by the strict edition": from_origin(kind="http://purl.oclc.org/ooxml/digital-signature/signature"),
    "by a content type": BY_OVERRIDE,
    "by the content type of an ending": BY_ENDING,
    "by a content type in UTF-16": {**BY_OVERRIDE, "[Content_Types].xml": UTF_16},
    "in escaped letters": {
        **BY_OVERRIDE,
        "[Content_Types].xml": BY_OVERRIDE["[Content_Types].xml"].replace(b"digital", b"&#100;igital"),
    },
    "in XML that no parser takes": {
        **BY_OVERRIDE, "[Content_Types].xml": BY_OVERRIDE["[Content_Types].xml"] + b"</a>",
    },
    "in pieces": {
        "[Content_Types].xml/[0].piece": BY_OVERRIDE["[Content_Types].xml"][:200],
        "[Content_Types].xml/[1].last.piece": BY_OVERRIDE["[Content_Types].xml"][200:],
        **DOCUMENT,
    },
    "without an origin": package(root=[(KIND + "signature", "x.bin")]),
}  # fmt: skip


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("name", SIGNED)
def test_a_package_that_says_it_is_signed_is_said_to_be_so(name, method):
    data = pack(SIGNED[name], method=method)
    assert holds_marks(FileKind.ARCHIVE, data)
    (verdict,) = judge_all(data)
    assert (verdict.format, dict(verdict.params)["reason"]) == ("Office Open XML", "unjudged-format")


def test_other_packages_are_said_to_be_packages():
    files = {name: data for name, data in BY_OVERRIDE.items() if name not in DOCUMENT}
    (verdict,) = judge_all(pack(files))
    assert verdict.format == "Open Packaging Conventions"


UNSIGNED = {
    "nothing of it": package(),
    "an origin that is left of it": package(
        {"a/b.c": b""},
        [f'<Default Extension="c" ContentType="{OF_ORIGIN}"/>'],
        [(KIND + "origin", "a/b.c")],
    ),
    "an origin with other relationships": from_origin(kind="http://schemas.openxmlformats.org/image"),
    "an ending that no file has": package(listed=[f'<Default Extension="y" ContentType="{OF_SIGNATURES}"/>']),
    "a picture of that name": package(root=[("image", "/digital-signature/signature")]),
    "a text about it": package({"word/document.xml": f"<a>{OF_SIGNATURES} {KIND}signature</a>".encode()}),
    "a signed package inside": package({"word/embeddings/a.xlsx": pack(BY_OVERRIDE)}),
}


@pytest.mark.parametrize("name", UNSIGNED)
def test_no_other_package_is_taken_for_signed(name):
    assert judge_all(pack(UNSIGNED[name], method=zipfile.ZIP_STORED)) == ()


def test_a_package_behind_other_bytes_or_listed_in_the_long_form_is_read_too():
    data = pack(BY_OVERRIDE)
    assert read_package(b"MZ" * 300 + data).is_signed
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<2L", data, end + 12)
    count = len(BY_OVERRIDE)
    long = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    short = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert read_package(data[:end] + long + locator + short).is_signed


def test_a_package_that_unpacks_to_more_than_any_has_is_unpacked_no_further():
    data = pack(package({"[Content_Types].xml": bytes(16 * MAX_PART_BYTES)}))
    assert len(data) < MAX_PART_BYTES // 16
    (verdict,) = judge_all(data)
    assert dict(verdict.params) == {
        "reason": "container-too-large", "found": str(16 * MAX_PART_BYTES), "limit": str(MAX_PART_BYTES),
    }  # fmt: skip


def changed(at, value):
    """A package whose first file has another value in the archive's directory."""
    data = bytearray(pack(package()))
    place = data.index(b"PK\1\2") + at
    data[place : place + len(value)] = value
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (changed(8, b"\1"), "container-encrypted"),
        (changed(10, b"\x0e"), "container-method"),
        (changed(42, b"\xff\xff\xff\xff"), "container-damaged"),
        (changed(10, b"\0"), "container-ambiguous"),
    ],
)
def test_what_cannot_be_looked_into_is_never_called_unsigned(data, reason):
    with pytest.raises(UnreadableSignature):
        read_package(data)
    (verdict,) = judge_all(data)
    assert dict(verdict.params)["reason"] == reason


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_no_package_that_was_cut_off_breaks_anything(cut):
    data = pack(BY_OVERRIDE)
    for rest in (data[:-cut], data[cut:], data[-cut:]):
        read = read_container(rest)
        assert (read.signatures, bool(read.problem)) in {((), False), ((), True)}
