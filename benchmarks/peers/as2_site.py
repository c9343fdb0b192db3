"""django-pyas2 as one site: an organisation that receives, and a partner that sends it signed messages.

It runs in the peer's own environment.

    python -m as2_site PAYLOADS      # makes the store, and a request for each payload
    gunicorn as2_site:application    # serves it; AXIS_BENCH_FOLDER names the folder of both
"""

import datetime as dt
import importlib
import os
import pickle
import re
import sys
from pathlib import Path
from typing import Any

import django  # type: ignore[import-not-found]  # the peer's environment has it
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings  # type: ignore[import-not-found]

FOLDER = Path(os.environ.get("AXIS_BENCH_FOLDER", "."))
ROOT_URLCONF = "as2_site"
PASSWORD = "bench"
PATH = "/pyas2/as2receive"


def load_oscrypto() -> None:
    """Import oscrypto 1.3.0, which takes `3.0.19` for no version: it reads the last number as one digit."""
    search = re.search

    def tolerant(pattern: Any, text: Any, flags: int = 0) -> Any:
        if isinstance(pattern, str):
            pattern = pattern.replace(r"\.\d[a-z]*)", r"\.\d+[a-z]*)")
        return search(pattern, text, flags)

    re.search = tolerant  # type: ignore[assignment]
    try:
        importlib.import_module("oscrypto.asymmetric")
    finally:
        re.search = search


load_oscrypto()
settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=ROOT_URLCONF,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "pyas2"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    MEDIA_ROOT=str(FOLDER / "media"),
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "pyas2.db",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 60,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "transaction_mode": "IMMEDIATE",
            },
        }
    },
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # type: ignore[import-not-found]  # noqa: E402 - after setup
from django.urls import include, path  # type: ignore[import-not-found]  # noqa: E402

urlpatterns = [path("pyas2/", include("pyas2.urls"))]
application = get_wsgi_application()


def prepare(payloads: list[bytes]) -> list[bytes]:
    """Make the store and its two parties; return a signed request for each payload."""
    from django.core.management import call_command  # type: ignore[import-not-found]  # noqa: PLC0415
    from pyas2.models import (  # type: ignore[import-not-found]  # noqa: PLC0415
        Organization,
        Partner,
        PrivateKey,
        PublicCertificate,
    )
    from pyas2lib import Message  # type: ignore[import-not-found]  # noqa: PLC0415

    (FOLDER / "media").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    sender, receiver = _pair("sender"), _pair("receiver")
    mine = PrivateKey.objects.create(name="r.pem", key=receiver[0], key_pass=PASSWORD)
    Organization.objects.create(name="Receiver", as2_name="receiver", signature_key=mine)
    theirs = PublicCertificate.objects.create(
        name="s.pem", certificate=sender[1], certificate_ca=sender[1], verify_cert=True
    )
    Partner.objects.create(
        name="Sender",
        as2_name="sender",
        target_url="http://127.0.0.1/",
        signature="sha256",
        signature_cert=theirs,
        mdn=True,
        mdn_mode="SYNC",
        mdn_sign="sha256",
    )
    return [_request(Message, payload, sender[0], receiver[1]) for payload in payloads]


def _request(message_type: Any, payload: bytes, key: bytes, certificate: bytes) -> bytes:
    from pyas2lib import Organization, Partner  # noqa: PLC0415

    message = message_type(
        Organization(as2_name="sender", sign_key=key, sign_key_pass=PASSWORD),
        Partner(
            as2_name="receiver",
            sign=True,
            digest_alg="sha256",
            mdn_mode="SYNC",
            mdn_digest_alg="sha256",
            verify_cert=certificate,
        ),
    )
    message.build(payload, filename="document.bin", content_type="application/octet-stream")
    headers = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in message.headers.items())
    body = message.content
    head = f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return bytes(head.encode() + body)


def _pair(name: str) -> tuple[bytes, bytes]:
    """Make an RSA key, encrypted as the package wants it, and its self-signed certificate, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.timezone.utc)  # noqa: UP017 - the environment's Python may be older
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption)
    return private + certificate.public_bytes(pem), certificate.public_bytes(pem)


if __name__ == "__main__":
    payloads: list[bytes] = pickle.loads(Path(sys.argv[1]).read_bytes())
    Path(sys.argv[1]).write_bytes(pickle.dumps(prepare(payloads)))
