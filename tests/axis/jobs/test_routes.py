"""Over HTTP: one's own jobs, for an operator all; what has ended cannot be cancelled."""

from dataclasses import dataclass

import pytest
from support.application import application
from support.asgi import AsgiClient
from support.jobs import ask, counting, runner_of, state_of

import axis.jobs.routes
from axis.agencies.tokens import Grant, create_tokens, list_tokens
from axis.clock import real_now
from axis.database import Database
from axis.jobs.kinds import Kind, Step
from axis.protocol.errors import NotFound, Place

NOBODYS = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Calls:
    """An application with jobs alone, and who calls it."""

    database: Database
    client: AsgiClient
    tokens: dict[str, str]
    ids: dict[str, str]

    def ask(self, name: str | None, method: str, path: str, **headers: str):
        token = {} if name is None else {"Authorization": f"Bearer {self.tokens[name]}"}
        return self.client.request(method, path, headers={**token, **headers})

    def job_of(self, name: str, **more) -> str:
        return ask(self.database, owner=self.ids[name], **more)


@pytest.fixture
def calls(database: Database) -> Calls:
    names = ("first", "second", "clerk")
    grants = [Grant("operator" if name == "clerk" else "auditor", name=name) for name in names]
    made = database.write(lambda tx: create_tokens(tx, grants, real_now()))
    with database.read() as tx:
        ids = {token.name: token.id for token in list_tokens(tx)}
    app = application(database, axis.jobs.routes.router)
    return Calls(database, AsgiClient(app), dict(zip(names, made, strict=True)), ids)


def test_a_job_is_read_by_its_owner_as_it_comes_forward(calls: Calls) -> None:
    job = calls.job_of("first", steps=2)
    waiting = calls.ask("first", "GET", f"/v1/jobs/{job}").json()
    assert (waiting["state"], waiting["done"], waiting["of"], waiting["result"]) == ("queued", 0, None, None)
    seen = []

    def look(task, _at: int) -> None:
        seen.append(calls.ask("first", "GET", f"/v1/jobs/{task.id}").json())

    runner_of(calls.database, counting(look)).run_one()
    assert [(each["state"], each["done"], each["of"]) for each in seen] == [
        ("running", 0, None),
        ("running", 1, 2),
    ]
    answer = calls.ask("first", "GET", f"/v1/jobs/{job}")
    ended = answer.json()
    assert (ended["state"], ended["done"], ended["of"]) == ("done", 2, 2)
    assert (ended["id"], ended["kind"], ended["owner"]) == (job, "counting", calls.ids["first"])
    assert (ended["result"], ended["problem"]) == ({"steps": 2}, None)
    assert ended["created_at"] <= ended["started_at"] <= ended["ended_at"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_failed_job_tells_its_problem_in_the_readers_language(calls: Calls) -> None:
    def refuse(_task) -> Step:
        raise NotFound(Place("/filter", "nothing", "something"))

    job = calls.job_of("first", kind="refusing")
    runner_of(calls.database, Kind("refusing", refuse)).run_one()
    path = f"/v1/jobs/{job}"
    english = calls.ask("first", "GET", path).json()["problem"]
    answer = calls.ask("first", "GET", path, **{"Accept-Language": "vi"})
    vietnamese = answer.json()["problem"]
    assert (english["code"], english["status"], english["request_id"]) == ("not-found", 404, "request-1")
    assert english["errors"] == [{"pointer": "/filter", "found": "nothing", "expected": "something"}]
    assert vietnamese["title"] != english["title"]
    assert answer.headers["content-language"] == "vi"


def test_what_is_anothers_is_not_there_and_an_operator_sees_all_but_results(calls: Calls) -> None:
    job = calls.job_of("first")
    runner_of(calls.database).run_one()
    path = f"/v1/jobs/{job}"
    assert [calls.ask(name, "GET", path).status_code for name in (None, "second")] == [401, 404]
    assert [calls.ask(name, "DELETE", path).status_code for name in (None, "second")] == [401, 404]
    seen = calls.ask("clerk", "GET", path).json()
    assert (seen["state"], seen["result"], seen["owner"]) == ("done", None, calls.ids["first"])


def test_lists_hold_ones_own_jobs_newest_first_without_results(calls: Calls) -> None:
    own = [calls.job_of("first") for _ in range(3)]
    others = calls.job_of("second")
    while runner_of(calls.database).run_one():
        pass
    found = []
    query = "limit=2"
    while query:
        page = calls.ask("first", "GET", f"/v1/jobs?{query}").json()
        found += page["items"]
        query = page["next"] and f"limit=2&after={page['next']}"
    assert [each["id"] for each in found] == own[::-1]
    assert not any("result" in each for each in found)
    every = calls.ask("clerk", "GET", "/v1/jobs").json()
    assert ([each["id"] for each in every["items"]], every["next"]) == ([others, *own[::-1]], None)


@pytest.mark.parametrize(
    "query", ["limit=0", "after=x", "after=1.2", "after=99999999999999999.a", "state=done"]
)
def test_a_query_that_is_none_is_refused(calls: Calls, query: str) -> None:
    answer = calls.ask("first", "GET", f"/v1/jobs?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "query-invalid")


@pytest.mark.parametrize("job", [NOBODYS, "x", "%00", "a" * 2000])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_no_job_is_not_there(calls: Calls, method: str, job: str) -> None:
    assert calls.ask("clerk", method, f"/v1/jobs/{job}").status_code == 404


@pytest.mark.parametrize("name", ["first", "clerk"])
def test_a_waiting_job_is_cancelled_once(calls: Calls, name: str) -> None:
    job = calls.job_of("first")
    path = f"/v1/jobs/{job}"
    answer = calls.ask(name, "DELETE", path)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    again = calls.ask(name, "DELETE", path)
    problem = again.json()
    assert (again.status_code, problem["code"]) == (409, "job-ended")
    assert (problem["job"], problem["state"]) == (job, "cancelled")
    assert not runner_of(calls.database).run_one()
    assert state_of(calls.database, job)["state"] == "cancelled"
