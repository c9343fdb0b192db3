"""Names in text are told from others in every platform's way of writing them."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from signing.xmldsig.distinguished_names import names

NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "Hà Nội"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Sở "A", B+C'),
        x509.NameAttribute(NameOID.COMMON_NAME, "Nguyễn  Văn A"),
        x509.NameAttribute(NameOID.USER_ID, "MST:0101234567"),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@so.vn"),
    ]
)

DOTNET = (
    'E=a@so.vn, OID.0.9.2342.19200300.100.1.1=MST:0101234567, CN=Nguyễn Văn A, O="Sở ""A"", B+C", '
    "S=Hà Nội, C=VN"
)
HEXADECIMAL = (
    "C=VN,ST=H\\C3\\A0 N\\E1\\BB\\99i,O=Sở \\22A\\22\\2C B\\+C,CN=Nguyễn Văn A,"
    "0.9.2342.19200300.100.1.1=#0c0e4d53543a30313031323334353637,E=#16076140736f2e766e"
)


@pytest.mark.parametrize(
    "text",
    [
        NAME.rfc4514_string(),
        DOTNET,
        'EMAILADDRESS=a@so.vn, UID=MST:0101234567, CN=Nguyễn Văn A, O="Sở \\"A\\", B+C", ST=Hà Nội, C=VN',
        HEXADECIMAL,
    ],
    ids=["rfc4514", "dotnet", "java", "hexadecimal"],
)
def test_a_name_is_known_as_platforms_write_it(text):
    assert names(text, [NAME])
    assert names(f"\n  {text}\n", [x509.Name([]), NAME])
    assert not names(text, [])
    assert not names(text.replace("0101234567", "0101234568").replace("353637", "353638"), [NAME])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pay 9",
        "CN=Nguyễn Văn A",
        NAME.rfc4514_string() + ",",
        NAME.rfc4514_string() + " and pay 9",
        NAME.rfc4514_string() + ",CN=pay 9",
        NAME.rfc4514_string().replace("CN=", "PAY="),
        "CN=#zz",
        "CN=#3003020101",
        "=" * 5_000,
    ],
)
def test_anything_else_is_not_that_name(text):
    assert not names(text, [NAME])
