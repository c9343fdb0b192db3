"""A small document system, as an agency might have one: a register of what came in.

It is what the tests beside it test. It knows the axis's REST interface and nothing of the simulator.
"""

import httpx


class DocumentSystem:
    """Reads the inbox, gives each letter a number of its own, and answers."""

    def __init__(self, hub: str, token: str) -> None:
        self.register: list[dict[str, str]] = []
        self._http = httpx.Client(base_url=hub, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        self._cursor: str | None = None

    def receive(self) -> None:
        """Take in what arrived: enter what is truly signed (03), and refuse the rest (02)."""
        params = {} if self._cursor is None else {"after": self._cursor}
        page = self._http.get("/v1/inbox", params=params).raise_for_status().json()
        self._cursor = page["next"]
        for item in page["items"]:
            if item["signed_by"] in {"organisation", "both"}:
                entry = {"number": item["number"], "from": item["from"], "arrived": item["accepted_at"]}
                self.register.append(entry)
                self._answer(item["id"], {"code": "03"})
            else:
                self._answer(item["id"], {"code": "02", "note": "Văn bản không có chữ ký số của cơ quan."})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _answer(self, delivery: str, status: dict[str, str]) -> None:
        self._http.post(f"/v1/deliveries/{delivery}/statuses", json=status).raise_for_status()
