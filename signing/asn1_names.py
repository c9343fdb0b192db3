"""Makes X.509 names readable for `asn1crypto`, in whichever encoding their texts are."""

from collections.abc import Iterable
from typing import Any

from asn1crypto import core  # type: ignore[import-untyped]  # the library ships no types
from asn1crypto import x509 as asn1_x509

# By X.520 a TeletexString is T.61, but everybody writes and reads Latin-1 (openssl, browsers), and old
# certificates have UTF8Strings that are not UTF-8. Such texts are read as Latin-1 by every part of this
# package. RFC 5280 §4.1.2.4 and §7.1.

__all__ = ["load_name", "made_readable", "read_general_names", "texts"]


def load_name(der: bytes) -> Any:
    """Read a name from DER. Raises whatever the library does, `ValueError` mostly."""
    return made_readable(asn1_x509.Name.load(der, strict=True))


def made_readable(name: Any) -> Any:
    """Read the texts of a name (`asn1crypto.x509.Name`) that the library cannot read; return the same name.

    A value that cannot be prepared for comparison is compared byte by byte. Raises what the library raises
    for what is no name.
    """
    for relative in name.chosen:
        for attribute in relative:
            try:
                _read(attribute["value"])
                _ = attribute.prepped_value
            except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
                attribute._prepped = "#" + attribute.dump().hex()  # noqa: SLF001 the library has no other way
    return name


def read_general_names(names: Iterable[Any]) -> None:
    """Read directory names and addresses among general names, so that they can be compared later.

    An address with letters beyond ASCII is compared with these escaped; one that is no address by its octets.
    """
    for name in names:
        if name.name == "directory_name":
            made_readable(name.chosen)
        elif name.name in _ADDRESSES:
            _read_address(name.chosen)


_ADDRESSES = frozenset({"uniform_resource_identifier", "rfc822_name", "dns_name"})


def _read_address(address: Any) -> None:
    escaped = "".join(chr(octet) if _is_printable(octet) else f"%{octet:02X}" for octet in address.contents)
    for text in (None, escaped, "octets:" + address.contents.hex()):
        address._unicode = text  # noqa: SLF001 the library has no other way
        try:
            _ = address == address  # noqa: PLR0124 comparing reads it
        except Exception:  # noqa: BLE001, S112 hostile bytes make the library raise all there is
            continue
        return


def _is_printable(octet: int) -> bool:
    return ord(" ") < octet < ord("\x7f")


def texts(name: Any) -> list[list[tuple[str, str]]]:
    """Return the attributes of a readable name, by relative name: dotted type and text."""
    return [[(each["type"].dotted, _text(each)) for each in relative] for relative in name.chosen]


def _read(value: Any) -> None:
    string = value.chosen if isinstance(value, core.Choice) else value
    if not isinstance(string, core.AbstractString):
        return
    try:
        if not isinstance(string, core.TeletexString):
            _ = string.native
            return
    except UnicodeDecodeError:
        pass
    string._unicode = string.contents.decode("latin-1")  # noqa: SLF001 the library has no other way


def _text(attribute: Any) -> str:
    try:
        text = attribute["value"].native
    except Exception:  # noqa: BLE001 hostile bytes make the library raise all there is
        text = None
    return text if isinstance(text, str) else "#" + attribute["value"].dump().hex()
