"""A portal without a hub: what calls say is taken by the portal's own step, as from the axis."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from random import Random

from support.asgi import AsgiClient

from axis.protocol.working_calendar import VIET_NAM
from nodes.adapter.app import app
from nodes.adapter.operations import Operations
from nodes.adapter.replies import CallRefused
from nodes.adapter.sessions import Sessions
from nodes.adapter.units import LivePortal
from nodes.systems.portal import PORTAL, step
from nodes.systems.register import open_register
from nodes.systems.system import Incoming

AGENCY, UNIT = "000.00.00.G22", "000.00.00.H50"
NOW = datetime(2020, 1, 20, 17, tzinfo=VIET_NAM)


class PortalWithoutHub:
    """The application, the messages that were sent, and whether the axis takes them."""

    def __init__(self, success, folder):
        self.sent, self.refuses = [], ""
        self.worker = ThreadPoolExecutor(1)
        self.register = self.worker.submit(self._opened, folder).result()
        sessions = Sessions({"H50": (UNIT, "right")}, lambda: 0.0)
        operations = Operations(self.register, sessions, self._send, success)
        self.client = AsgiClient(
            app(LivePortal(operations, self.register, AGENCY, ()), self.worker), {"Host": "127.0.0.1"}
        )

    def _opened(self, folder):
        register = open_register(folder / "portal.sqlite", PORTAL.tables)
        rows = [(UNIT, "UBND tỉnh Quảng Trị", "province", 1), ("000.00.00.H49", "Quảng Ninh", "province", 1)]
        register.executemany("INSERT INTO units (code, name, kind, is_connected) VALUES (?, ?, ?, ?)", rows)
        register.execute("INSERT INTO procedures VALUES (?, '1.000001', 'Cấp mới', 'full', 1)", (UNIT,))
        return register

    def _send(self, unit, kind, body):
        if self.refuses:
            raise CallRefused("axis-took", "", self.refuses, "a message that the axis takes")
        self.sent.append((unit, kind, body))
        message = Incoming(kind, unit, f"{len(self.sent)}/TĐ-BT", "", body, "TOTAL-PASSED")
        step(self.register, [message], NOW, Random(1))

    def post(self, path, body):
        """Send a call; every answer is 200."""
        reply = self.client.post(path, content=body)
        assert reply.status_code == 200, reply.text
        return reply.content

    def ask(self, sql):
        """Ask the register."""
        return self.worker.submit(lambda: self.register.execute(sql).fetchall()).result()


@contextmanager
def portal_without_hub(folder, success="0"):
    """Open a portal and close it."""
    portal = PortalWithoutHub(success, folder)
    try:
        yield portal
    finally:
        portal.worker.submit(portal.register.close).result()
        portal.worker.shutdown()
