"""The settings of the hub, read from the environment. Defaults stand here, beside each setting.

docs/settings.md describes them; a test compares the two. Sizes are bytes, durations name their unit.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Decision = Literal["accept", "reject"]
RequestPolicy = Literal["issue", "wait"]

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")
SHAPES = {
    "database_url": (
        "sqlite:///file or postgresql+psycopg://user:password@host/name",
        re.compile(r"sqlite://|postgresql\+psycopg://"),
    ),
    "objects_url": (
        "rows:, file:///folder, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix",
        re.compile(r"rows:\Z|file:///[^?#]|(s3|gs|az)://[^/?#\s]+"),
    ),
    "public_url": ("http://host or https://host", re.compile(r"https?://[^/?#\s]+[^?#\s]*\Z")),
}
"""How addresses are written. A refusal does not repeat the value, since it may hold a password."""

LEAST = {"lease_seconds": 1, "session_hours": 1}
"""Numbers that cannot be 0."""


class SettingInvalidError(Exception):
    """A variable of the environment holds what its setting cannot take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The hub's settings; each is the variable `AXIS_` + its name in capitals."""

    database_url: str = dataclasses.field(default="sqlite:///axis-data/axis.db", repr=False)
    """Where the store is: a SQLite file, or `postgresql+psycopg://…`."""
    objects_url: str = dataclasses.field(default="rows:", repr=False)
    """Where large contents lie: in rows of the store, in a folder, or in an object store."""
    public_url: str = "http://127.0.0.1:8000"
    """The address others reach the hub by; it names the ledger and the hub's own revocation lists."""
    trust_dir: Path | None = None
    """A folder of `*.pem`, `*.crt` and `*.crl`: further trust anchors, issuers and revocation lists."""
    revocation_hosts: tuple[str, ...] | None = None
    """Hosts that revocation lists and OCSP answers of other authorities may be fetched from."""
    unsigned: Decision = "accept"
    """What becomes of a document nobody signed."""
    invalid: Decision = "reject"
    """What becomes of a document whose verdict is TOTAL-FAILED."""
    indeterminate: Decision = "accept"
    """What becomes of a document whose verdict is INDETERMINATE."""
    sandbox_requests: RequestPolicy = "issue"
    """What a sandbox does with an agency's certificate request: issues at once, or has an operator decide."""
    ledger_key_file: Path | None = None
    """The Ed25519 key that signs checkpoints; made beside a SQLite store, with its ledger."""
    secret_key_file: Path | None = None
    """The key that encrypts secrets in the store; made beside a SQLite store, with its first secret."""
    sandbox_token_file: Path | None = None
    """Where the sandbox writes its operator's token; beside a SQLite store when absent."""
    manifest_bytes: int = 256 * KIB
    """The largest manifest."""
    recipients: int = 1_000
    """The most recipients of one document."""
    attachments: int = 100
    """The most attachments of one document."""
    attachment_bytes: int = GIB
    """The largest attachment."""
    document_bytes: int = 2 * GIB
    """The largest document: all its parts together."""
    signatures: int = 32
    """The most signatures of one document."""
    signature_bytes: int = 256 * KIB
    """The largest signature."""
    inline_bytes: int = MIB
    """What one document's attachments may take of memory and rows; past it they go by disk and chunks."""
    json_bytes: int = MIB
    """The largest JSON body of any other request."""
    connections: int = 4_096
    """The most connections of one listener; above it the answer is 503."""
    head_seconds: int = 20
    """How long the head of a request may take, and a new connection to begin one."""
    keep_alive_seconds: int = 20
    """How long a connection may wait for its next request."""
    body_idle_seconds: int = 30
    """How long a body may stop coming, or an answer stop being read, before its place is given to others."""
    unsent_bytes: int = 256 * MIB
    """The most bytes of answers that wait to be read; above it the slowest readers go, and others get 503."""
    bytes_per_second: int = 1_024
    """The least that a body, or an answer that waits to be read, moves by beyond that; 0: no such bound."""
    uploads_bytes: int = 8 * GIB
    """The most bytes of one agency's uploads that no document uses; above it the answer is 429."""
    uploads_hours: int = 24
    """How long an upload waits for a document that uses it."""
    expiry_days: int = 30
    """After how many days a delivery without any status of its receiver is told to its sender; 0: never."""
    alert_silent_days: int = 7
    """After how many days without a call an agency counts as silent; 0: it is not watched for."""
    alert_certificate_days: int = 30
    """How many days before its end a certificate raises an alert; 0: none does."""
    alert_list_hours: int = 6
    """How many hours before its end a revocation list raises an alert; 0: none does."""
    alert_source_failures: int = 3
    """After how many failures in a row a source of revocation data raises an alert; 0: none does."""
    alert_witness_hours: int = 168
    """After how many hours without a witness the ledger raises an alert; 0: never."""
    alert_rate_documents: int = 50
    """From how many documents of a year on an agency below its target raises an alert; 0: none does."""
    alert_refusals: int = 20
    """How many refusals within a day, and more than before, raise an alert of an agency; 0: none do."""
    alert_overdue: int = 100
    """How many overdue deliveries raise an alert of an agency; 0: none do."""
    alert_job_hours: int = 24
    """For how many hours a failed job is an alert; 0: it is none."""
    alert_store_free_percent: int = 10
    """Below how many percent of free room a disk raises an alert; 0: never."""
    alert_store_bytes: int = 0
    """Above how many bytes the database raises an alert; 0: never."""
    alert_clock_seconds: int = 5
    """By how many seconds a clock may be off; more raises an alert; 0: none does."""
    vxp_window_hours: int = 12
    """How old the timestamp of a call of the old protocol may be."""
    vxp_document_bytes: int = 50 * MIB
    """The largest document, all files together, that the old protocol carries."""
    vxp_list_items: int = 1_000
    """The most items of one list of the old protocol."""
    hop_organ_id: str = "axis"
    """How the hub names itself in the `TraceHeader` it adds to a message."""
    requests_in_flight: int = 256
    """The most documents, uploads and status calls at once; above it the answer is 503."""
    requests_per_caller: int = 128
    """The most of them of one agency, which also never has more than are free; above it the answer is 429."""
    reads_waiting: int = 1_024
    """The most reads of inboxes and events that wait for their turn; above an agency's share of it: 503."""
    writes_waiting: int = 1_024
    """The most writes that may queue before the one writer; above it the answer is 503."""
    writes_grouped: int = 64
    """The most items that share one transaction."""
    readers: int = 8
    """The connections that read."""
    jobs_at_once: int = 1
    """The jobs that one process works on at once; 0: it leaves them to others."""
    jobs_per_caller: int = 20
    """The most jobs of one token that have not ended; above it the answer is 429."""
    jobs_kept_days: int = 7
    """How long a job and its result are kept after its end."""
    session_hours: int = 12
    """How long a browser stays signed in; it ends at once with its token."""
    lease_seconds: int = 15
    """After how much silence of a process another takes over its job or its chores."""
    bulk_line_bytes: int = 16 * MIB
    """The longest line of a bulk request."""
    bulk_bytes: int = 64 * MIB
    """The most bytes of lines of one bulk request that are worked on at once."""
    bulk_lines: int = 1_000_000
    """The most lines of one bulk request; it ends there."""
    bulk_at_once: int = 4
    """The most bulk requests at once, half of them of one token; above it the answer is 503, or 429."""
    webhook_hosts: tuple[str, ...] | None = None
    """Hosts that webhooks may lead to, whose addresses must be public; without any, webhooks lead nowhere."""
    webhook_private_hosts: tuple[str, ...] | None = None
    """Hosts that webhooks may lead to whatever their addresses."""
    webhooks: int = 1_000
    """The most webhooks of the hub."""
    webhooks_per_agency: int = 10
    """The most webhooks of one agency."""
    metrics: bool = True
    """Whether `/metrics` answers."""


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read the settings out of an environment.

    Raises:
        SettingInvalidError: when a value does not fit its setting, or an `AXIS_` variable names none.

    """
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for variable, text in environ.items():
        if not variable.startswith("AXIS_"):
            continue
        name = variable.removeprefix("AXIS_").lower()
        if name not in fields:
            message = f"{variable} is no setting of the hub; docs/settings.md lists them"
            raise SettingInvalidError(message)
        values[name] = _read(variable, text, fields[name].type)
        if name in SHAPES:
            require_shape(name, text, variable)
        if name in LEAST and values[name] < LEAST[name]:
            message = f"{variable} is {text!r}; expected a number from {LEAST[name]} on"
            raise SettingInvalidError(message)
    return Settings(**values)


def require_shape(name: str, text: str, variable: str) -> None:
    """Require that an address is written as those of the setting of this name, whatever `variable` held it.

    Raises:
        SettingInvalidError: when it is not. The message does not repeat it.

    """
    form, pattern = SHAPES[name]
    if not pattern.match(text):
        message = f"{variable} is not of the form {form}"
        raise SettingInvalidError(message)


def _read(variable: str, text: str, kind: Any) -> Any:
    if kind is str:
        return text
    if kind is int:
        if text.isascii() and text.isdigit():
            return int(text)
        expected = "a whole number"
    elif kind is bool:
        if text in {"true", "false"}:
            return text == "true"
        expected = "true or false"
    elif kind == tuple[str, ...] | None:
        hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
        if all(HOST.fullmatch(host) for host in hosts):
            return hosts or None
        expected = "names of hosts, each with a port where it has its own, between commas"
    elif kind == Path | None:
        return Path(text) if text else None
    else:
        choices: tuple[str, ...] = get_args(kind)
        if text in choices:
            return text
        expected = " or ".join(choices)
    message = f"{variable} is {text!r}; expected {expected}"
    raise SettingInvalidError(message)
