"""A client generated from `/openapi.json` sends a document, reads a refusal, and asks the authority."""

import importlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.hub import ROOT
from support.waiting import GUARD_SECONDS

from signing import timestamps
from signing.ocsp import CertificateId
from signing.ocsp import make_request as make_ocsp_request

pytestmark = pytest.mark.stores("sqlite")

CONFIGURATION = ROOT / "docs" / "examples" / "openapi-python-client.yaml"
OFFICE = "000.00.00.G22"
CONTENT = b"%PDF-1.7\n%%EOF\n"


def _generate(source: Path, target: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = ["generate", "--path", str(source), "--output-path", str(target), "--meta", "none", *more]
    return subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *command],
        check=False,
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
    )


@pytest.fixture(scope="module")
def description(world, tmp_path_factory):
    path = tmp_path_factory.mktemp("description") / "openapi.json"
    path.write_bytes(world.ask(None, "GET", "/openapi.json").content)
    return path


@pytest.fixture(scope="module")
def generated(world, description):
    folder = description.parent
    name = f"axis_client_{folder.name}"
    made = _generate(description, folder / name, "--config", str(CONFIGURATION))
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    package = Generated(name, world)
    try:
        yield package
    finally:
        for client in (package.anyone, package.sender, package.office):
            client.get_httpx_client().close()
        sys.path.remove(str(folder))
        for module in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[module]


class Generated:
    """The generated package, its modules found by their path."""

    def __init__(self, name, world):
        self.name = name
        self.models = self.module("models")
        self.file = self.module("types").File
        clients = self.module("client")
        self.anyone = clients.Client(base_url=world.hub.url, httpx_args={"trust_env": False})
        self.sender, self.office = (
            clients.AuthenticatedClient(
                base_url=world.hub.url, token=agency.item["token"], httpx_args={"trust_env": False}
            )
            for agency in (world.sender, world.office)
        )

    def module(self, path):
        return importlib.import_module(f"{self.name}.{path}")

    def call(self, path, client, **arguments):
        return self.module(f"api.{path}").sync_detailed(client=client, **arguments)

    def form(self, manifest: bytes, *signatures: bytes):
        def file(content, name, kind):
            return self.file(payload=io.BytesIO(content), file_name=name, mime_type=kind)

        return self.models.DocumentForm(
            manifest=file(manifest, "manifest.json", "application/json"),
            signature=[file(each, "s.p7s", "application/pkcs7-signature") for each in signatures],
            attachment=[file(CONTENT, "công văn.pdf", "application/pdf")],
        )


def test_it_sends_a_document_that_is_read_in_the_inbox_and_answered(world, generated):
    manifest = world.sender.manifest(OFFICE, {"công văn.pdf": CONTENT})
    form = generated.form(manifest, world.sender.sign(manifest))
    sent = generated.call("documents.send_document", generated.sender, body=form)
    assert sent.status_code == 201, sent.content
    assert sent.parsed.verdict.indication == "TOTAL-PASSED"
    assert sent.parsed.verdict.signatures[0].certificate.sha256

    inbox = generated.call("deliveries.read_inbox", generated.office, limit=1000).parsed
    (item,) = [each for each in inbox.items if each.document == sent.parsed.id]
    status = generated.models.NewStatus(code=generated.models.StatusCode("03"), note="Đã vào sổ")
    answered = generated.call("deliveries.give_status", generated.office, id=item.id, body=status)
    assert answered.parsed.note == "Đã vào sổ"

    document = generated.call("documents.read_document", generated.sender, document=sent.parsed.id).parsed
    assert document.manifest.attachments[0].name == "công văn.pdf"
    assert document.deliveries[0].status == "03"


def test_it_reads_a_refusal(world, generated):
    manifest = world.sender.manifest("H99", {"công văn.pdf": CONTENT})
    refused = generated.call("documents.send_document", generated.sender, body=generated.form(manifest))
    assert refused.status_code == 422
    assert isinstance(refused.parsed, generated.models.Problem)
    assert refused.parsed.code == "unknown-recipient"
    assert refused.parsed.errors[0].pointer == "/to/0"

    altered = generated.form(manifest.replace(b"/UBND-VX", b"/UBND-CD"), world.sender.sign(manifest))
    nobody = generated.call("documents.send_document", generated.anyone, body=altered)
    assert nobody.parsed.code == "not-authenticated"


def test_it_asks_the_hubs_authority(generated):
    content = b"\x00" * 32
    body = generated.file(payload=io.BytesIO(timestamps.make_request(content, nonce=1)))
    stamped = generated.call("trust.stamp_digest", generated.anyone, body=body)
    assert stamped.status_code == 200, stamped.content
    assert stamped.parsed.payload.read()[:1] == b"\x30"

    asked = generated.file(
        payload=io.BytesIO(make_ocsp_request([CertificateId("sha1", bytes(20), bytes(20), 1)]))
    )
    answer = generated.call("trust.ask_ocsp", generated.anyone, body=asked)
    assert answer.status_code == 200, answer.content
    assert answer.parsed.payload.read()[:1] == b"\x30"


def test_every_operation_is_generated_and_can_be_called(generated, description):
    paths = json.loads(description.read_bytes())["paths"]
    ids = [operation["operationId"] for operations in paths.values() for operation in operations.values()]
    package = Path(generated.module("api").__path__[0])
    modules = [path for path in package.rglob("*.py") if path.stem != "__init__"]
    assert len(modules) == len(ids)
    for path in modules:
        assert callable(generated.module(f"api.{path.parent.name}.{path.stem}").sync_detailed)


def test_the_same_is_generated_without_any_configuration(generated, description):
    plain = description.parent / "plain"
    made = _generate(description, plain)
    assert "will not be generated" not in made.stdout + made.stderr
    configured = description.parent / generated.name
    assert _modules(plain) == _modules(configured)


def _modules(package: Path) -> set[Path]:
    return {path.relative_to(package) for path in (package / "api").rglob("*.py")}
