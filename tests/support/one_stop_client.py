"""A one-stop system's client of the adapter's protocol, written from what is publicly known of it alone.

It knows nothing of our code: members, order of calls and readings of success are those of public clients.
"""

import json
from collections.abc import Callable
from typing import Any, Literal

DESTINATION = "dstcode=VN:GOV:000.00.00.G22:vpcpdvcprovider"
STEPS_IN_A_CALL = 10


class OneStopClient:
    """Logs in, and pushes dossiers and their progress."""

    def __init__(
        self,
        post: Callable[[str, bytes], bytes],
        unit: str,
        *,
        adapter: str = "XrdAdapter",
        reading: Literal["text", "code"] = "text",
    ) -> None:
        """`post` sends JSON to a path; success is read as "0" with "thành công", or as "00"."""
        self.post, self.unit, self.adapter, self.reading = post, unit, adapter, reading
        self.session = ""

    def login(self, username: str, password: str) -> bool:
        """Log in, and keep the session."""
        told = self._send("mapi/login", {"username": username, "password": password})
        if told["error_code"] not in {0, "0"}:
            assert told["message"]
            return False
        self.session = told["session"]
        return True

    def call(self, service: str, **members: Any) -> dict[str, Any]:
        """Call a service."""
        return self._send(
            "mapi/g", {"session": self.session, "madonvi": self.unit, "service": service} | members
        )

    def went_well(self, told: dict[str, Any]) -> bool:
        """Read success in one of the two ways."""
        if self.reading == "code":
            return told["error_code"] == "00"
        return told["error_code"] == "0" and "thành công" in told["message"]

    def exists(self, dossier: str) -> bool:
        """Look a dossier up."""
        return self.went_well(self.call("TraCuuHoSo", mahoso=dossier))

    def push(self, dossier: dict[str, Any], steps: list[dict[str, Any]]) -> bool:
        """Look up, synchronise, and push progress only when that went well."""
        updating = "True" if self.exists(dossier["MaHoSo"]) else "False"
        if not self.synchronise(dossier, updating):
            return False
        parts = [steps[at : at + STEPS_IN_A_CALL] for at in range(0, len(steps), STEPS_IN_A_CALL)]
        return all(self.went_well(self.call("CapNhatTienDoHoSoMC", data=part)) for part in parts)

    def synchronise(self, dossier: dict[str, Any], updating: str) -> bool:
        """Synchronise; a dossier that is said to exist is sent again as an update."""
        told = self.call("DongBoHoSoMC", isUpdating=updating, data=[dossier])
        exists = told["error_code"] in {"0", "3", "-3"} and "đã tồn tại" in told["message"]
        if updating == "False" and exists:
            return self.synchronise(dossier, "True")
        return self.went_well(told)

    def _send(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        path = f"/{self.adapter}/RestService/forward/{what}?{DESTINATION}"
        return json.loads(self.post(path, json.dumps(body, ensure_ascii=False).encode()))
