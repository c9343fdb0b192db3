"""An object store outside the database, named by a URL: a folder, S3 and what is like it, GCS, Azure.

The package `obstore` speaks to it. Messages and logs name the place without credentials or query. Which
objects there are is known by `axis.objects.store`.
"""

import contextlib
import datetime as dt
import logging
import os
import re
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from axis.database.failures import RETRY_AFTER_SECONDS, StoreFailing
from axis.objects.spool import Spool
from axis.settings import SettingInvalidError

PART_BYTES = 8 * 1024 * 1024
"""A part of a large object: two are under way at a time, so that they bound the memory of a put."""
PARTS_AT_ONCE = 2
CLIENT: dict[str, Any] = {"connect_timeout": "5s", "timeout": "60s"}
RETRIES: dict[str, Any] = {
    "max_retries": 2,
    "retry_timeout": dt.timedelta(seconds=10),
    "backoff": {
        "init_backoff": dt.timedelta(milliseconds=100),
        "max_backoff": dt.timedelta(seconds=1),
        "base": 2,
    },
}
"""Callers are told after seconds that a store is away, and come again; the library would wait minutes."""
CREDENTIALS = {"s3": ("access_key_id", "secret_access_key"), "az": ("account_name", "account_key")}
"""What the user and the password of a URL are, by its scheme."""
ADDRESSES = ("endpoint", "base_url")
"""Options that hold an address of one's own; that of GCS is called `base_url`."""
PUBLIC_OPTIONS = frozenset({*ADDRESSES, "region", "virtual_hosted_style_request", "service_account"})
"""Options whose values may be told."""
PROBE = "probe"
_GONE = ("NoSuchBucket", "ContainerNotFound", "bucket does not exist")
"""What a store says where all of it is missing, not one object."""
_SHORT = ("416 ", "Requested range was invalid")
"""What a store says of a range that begins beyond an object's end."""
_QUERY = re.compile(r"\?[^\s\"')>]*")

_log = logging.getLogger("axis.objects")
_log.addHandler(logging.NullHandler())


class Contents(Protocol):
    """Bytes that are to be stored."""

    def open(self) -> contextlib.AbstractContextManager[IO[bytes]]:
        """Open them from their start, as a file to read."""
        ...


class ObjectMissingError(Exception):
    """The store has no such object, or one that is shorter than it should be."""


class Bucket:
    """One object store. Any thread may use it."""

    def __init__(self, url: str, named: str = "AXIS_OBJECTS_URL") -> None:
        """Open the store that a setting, or an argument of that name, names; nothing is asked of it yet.

        Raises:
            SettingInvalidError: when the URL has an option or a form that the store does not know, or names a
                folder that is not there. The message does not repeat the URL.

        """
        try:
            parts = urlsplit(url)
        except ValueError:  # whose words repeat the host, and a password before it
            raise SettingInvalidError(f"{named}: no URL that can be read") from None
        self.place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        """Where it is, without credentials and options."""
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        self._secrets = _secrets(url)
        self._lock = threading.Lock()
        self._failing: bool | None = None
        """None as long as nobody has tried."""
        try:
            self._store = _open_folder(self._folder) if self._folder else _open_url(url)
        except (BaseError, ValueError) as error:
            message = f"{named}: {self._told(error)}"
            raise SettingInvalidError(message) from None

    @property
    def failing(self) -> bool:
        """Whether it failed when it was last used, and no `probe` has succeeded since."""
        return bool(self._failing)

    def put(self, name: str, contents: Contents) -> None:
        """Store contents, durably, under a name.

        Raises:
            StoreFailing: when the store could not take it.

        """
        with self._watched(name), contents.open() as file:
            self._require_folder()
            obstore.put(self._store, name, file, chunk_size=PART_BYTES, max_concurrency=PARTS_AT_ONCE)
            self._make_durable(name)

    def read(self, name: str, start: int, end: int) -> bytes:
        """Return bytes of an object, from `start` up to but not including `end`.

        Raises:
            StoreFailing: when the store cannot be asked.
            ObjectMissingError: when it does not have them.

        """
        with self._watched(name):
            self._require_folder()
            piece = bytes(obstore.get_range(self._store, name, start=start, end=end))
        if len(piece) != end - start:
            raise ObjectMissingError(name)
        return piece

    def is_empty(self) -> bool:
        """Tell whether nothing was put there, but for what `probe` puts.

        Raises:
            StoreFailing: when the store cannot be asked.

        """
        with self._watched(""):
            self._require_folder()
            for batch in obstore.list(self._store, chunk_size=2):
                if any(each["path"] != PROBE for each in batch):
                    return False
        return True

    def size(self, name: str) -> int:
        """Return how many bytes an object has.

        Raises:
            StoreFailing: when the store cannot be asked.
            ObjectMissingError: when there is none.

        """
        with self._watched(name):
            self._require_folder()
            return int(obstore.head(self._store, name)["size"])

    def remove(self, names: Collection[str]) -> None:
        """Remove objects. One that is not there is no fault.

        Raises:
            StoreFailing: when the store cannot be asked.

        """
        for name in names:
            with contextlib.suppress(ObjectMissingError), self._watched(name):
                self._require_folder()
                obstore.delete(self._store, name)

    def probe(self) -> None:
        """Where it failed, or was never used, put a small object and read it back.

        Raises:
            StoreFailing: as long as the store cannot be used.

        """
        if self._failing is False:
            return
        spool = Spool.of(PROBE.encode(), memory=len(PROBE))
        self.put(PROBE, spool)
        try:
            self.read(PROBE, 0, len(PROBE))
        except ObjectMissingError as error:
            raise self._failed(error) from None
        with self._lock:
            recovered, self._failing = bool(self._failing), False
        if recovered:
            _log.warning("the object store can be used again", extra={"facts": {"place": self.place}})

    @contextlib.contextmanager
    def _watched(self, name: str) -> Iterator[None]:
        """Turn what the library raises into our own errors."""
        try:
            yield
        except FileNotFoundError as error:
            if any(said in str(error) for said in _GONE):
                raise self._failed(error) from None
            raise ObjectMissingError(name) from None
        except (BaseError, OSError) as error:
            if any(said in str(error).partition("\n")[0] for said in _SHORT):
                raise ObjectMissingError(name) from None
            raise self._failed(error) from None

    def _failed(self, error: BaseException) -> StoreFailing:
        with self._lock:
            changed, self._failing = not self._failing, True
        if changed:
            facts = {"place": self.place, "reason": self._told(error)}
            _log.error("the object store cannot be used, and the hub is not ready", extra={"facts": facts})
        return StoreFailing(retry_after_seconds=RETRY_AFTER_SECONDS)

    def _told(self, error: BaseException) -> str:
        """Return what an error says in its first line, without credentials."""
        text = _QUERY.sub("?…", str(error).strip().partition("\n")[0])
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    def _require_folder(self) -> None:
        """See that the folder is there: one that is not mounted just now would be made anew beneath."""
        if self._folder is not None and not self._folder.is_dir():
            raise OSError(f"{self._folder} is not there")

    def _make_durable(self, name: str) -> None:
        """Have a file and its way to it written to the disk, which the library leaves to the system."""
        if self._folder is None:
            return
        path = self._folder / name
        for each in (path, path.parent, self._folder):
            handle = os.open(each, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _secrets(url: str) -> tuple[str, ...]:
    """Return every text of a URL that may be a credential, as it stands there and as it is meant."""
    parts = urlsplit(url)
    options = [value for name, value in parse_qsl(parts.query) if name not in PUBLIC_OPTIONS]
    found = [parts.password or "", unquote(parts.password or ""), *options]
    return tuple(text for text in found if text)


def _open_folder(folder: Path) -> LocalStore:
    if not folder.is_dir():
        message = f"{folder} is no folder; make it, with mode 0700"
        raise ValueError(message)
    return LocalStore(folder)


def _open_url(url: str) -> Any:
    """Open a store in the network: user and password are its credentials, the query its further options."""
    parts = urlsplit(url)
    config: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    user, password = CREDENTIALS.get(parts.scheme, (None, None))
    if user and password and parts.username:
        config |= {user: unquote(parts.username), password: unquote(parts.password or "")}
    elif parts.username:
        message = "credentials stand in options, as docs/settings.md says, not before the host"
        raise ValueError(message)
    plain = any(str(config.get(name, "")).startswith("http://") for name in ADDRESSES)
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    opened: Any = from_url  # its overloads want the keys of each kind; the library checks them itself
    return opened(
        address, config=config, client_options={**CLIENT, "allow_http": plain}, retry_config=RETRIES
    )
