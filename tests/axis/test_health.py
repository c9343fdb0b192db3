"""Over HTTP: what monitoring asks of a hub, and what it is told while the hub can take no documents."""

from types import SimpleNamespace

import pytest
from support.application import application
from support.asgi import AsgiClient

import axis.health
from axis.database import Database
from axis.health import NAMED_LEFT_OUT, VERSION
from axis.settings import Settings
from axis.telemetry import Metrics

pytestmark = pytest.mark.stores("sqlite")


def asked(database: Database, path: str, *, left_out: int = 0, **parts: object) -> tuple[int, str]:
    """Status and text of an answer, with so many items of trust material left out."""
    trust = SimpleNamespace(left_out=[(f"{number}.crt", "unreadable") for number in range(left_out)])
    app = application(database, axis.health.router, trust=trust, metrics=Metrics(), **parts)
    answer = AsgiClient(app).get(path)
    return answer.status_code, answer.text


def test_a_process_that_answers_is_alive_and_says_its_version(database: Database) -> None:
    assert asked(database, "/livez") == (200, "ok\n")
    assert f'"{VERSION}"' in asked(database, "/version")[1]


def test_a_hub_is_ready_while_stores_can_be_used_and_not_when_one_fails(database: Database) -> None:
    assert asked(database, "/readyz") == (200, "ready\n")
    assert asked(database, "/readyz", objects=SimpleNamespace(failing=True))[0] == 503


def test_trust_material_left_out_is_named_up_to_a_limit_and_leaves_the_hub_ready(database: Database) -> None:
    status, text = asked(database, "/readyz", left_out=NAMED_LEFT_OUT + 2)
    lines = text.splitlines()
    assert status == 200
    assert lines[1] == "trust material left out: 0.crt: unreadable"
    assert lines[-1] == "trust material left out: 2 more, see the log"
    assert len(lines) == NAMED_LEFT_OUT + 2


def test_metrics_are_given_where_the_setting_allows_it(database: Database) -> None:
    assert asked(database, "/metrics")[0] == 200
    assert asked(database, "/metrics", settings=Settings(metrics=False))[0] == 404
