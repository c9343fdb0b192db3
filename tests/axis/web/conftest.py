"""A hub in this process, without a listener, whose pages tests look at."""

import hashlib
import itertools
import json
import shutil
from types import SimpleNamespace

import pytest
from support.application import keep_routes
from support.asgi import AsgiClient
from support.page_visits import Browser

from axis.agencies.directory_changes import AgencyEntry, put_agencies
from axis.agencies.tokens import Grant, create_tokens
from axis.app import build, create_app
from axis.clock import real_now
from axis.protocol.agency_codes import AgencyCode
from axis.settings import Settings
from axis.web import page_routes

OURS, THEIRS, OTHERS = (AgencyCode(f"000.00.00.{end}") for end in ("H24", "G22", "H26"))
ROLES = {"agency": OURS, "recipient": THEIRS, "other": OTHERS, "auditor": None, "operator": None}
CONTENT = b"%PDF-1.7 a letter"


@pytest.fixture
def site(migrated_file, tmp_path):
    """A hub with three agencies, of which the first sends: `.token(role)`, `.signed_in(role)`, `.send(…)`."""
    store = tmp_path / "axis.db"
    shutil.copyfile(migrated_file, store)
    hub = build(Settings(database_url=f"sqlite:///{store}"))
    app = keep_routes(create_app(hub))
    entries = [AgencyEntry(code, f"Cơ quan {code}") for code in (OURS, THEIRS, OTHERS)]
    hub.database.write(lambda tx: put_agencies(tx, entries, real_now()))
    numbers = itertools.count(1)

    def token(role="agency", **more) -> str:
        code = ROLES[role]
        grant = Grant("agency", code, **more) if code else Grant(role, name=role, **more)
        return hub.database.write(lambda tx: create_tokens(tx, [grant], real_now()))[0]

    def signed_in(role="auditor", **more) -> Browser:
        browser = Browser(app, **more)
        assert browser.sign_in(token(role)).status_code == 303
        return browser

    def send(name="main.pdf", role="agency", media_type="application/pdf", **members) -> dict:
        """Send a letter without a signature, and return the hub's answer."""
        digest = hashlib.sha256(CONTENT).hexdigest()
        file = {"name": name, "media_type": media_type, "size": len(CONTENT), "sha256": digest}
        manifest = {
            "from": OURS,
            "to": [THEIRS],
            "number": f"{next(numbers)}/UBND-VX",
            "issued_on": "2019-06-03",
            "type": "cong-van",
            "subject": "V/v báo cáo",
            "attachments": [file],
        } | members
        parts = {
            "manifest": ("manifest.json", json.dumps(manifest, ensure_ascii=False).encode()),
            "attachment": (name, CONTENT),
        }
        answer = AsgiClient(app).post(
            "/v1/documents", files=parts, headers={"Authorization": f"Bearer {token(role)}"}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    yield SimpleNamespace(
        hub=hub,
        app=app,
        token=token,
        send=send,
        browser=lambda **more: Browser(app, **more),
        signed_in=signed_in,
    )
    page_routes.close(app)
    hub.close()
