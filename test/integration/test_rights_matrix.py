"""Every route of the description x every role x own and foreign organisation: exactly what the tables of rights allow passes. The tables are
the program's own (`gamemetrics rights-reference -o json`); that the server keeps to them is what is tried. A new route without a row fails."""
import http.client
import json
import re
import subprocess

import pytest

from gamemetrics_server import BINARY, ROOT, Server, request

RIGHTS = json.loads(subprocess.run([BINARY, "rights-reference", "-o", "json"], check=True, capture_output=True).stdout)
ROLES = ["viewer", "support", "analyst", "admin", "owner"]
ALLOWED = {row["name"]: set(row["roles"]) for row in RIGHTS["actions"]}
ROUTES = {(row["method"], row["path"]): row for row in RIGHTS["routes"]}
TENANTS = json.loads((ROOT / "test/integration/tenant_matrix.json").read_text())["rest"]
QUICK = {"users.password_memory": "8KiB", "users.password_rounds": "1", "users.login_rate_max": "100000", "users.sessions_max": "1000"}
PASSWORD = "correct horse battery"
NOBODY = "999999"  # a number that nothing has
# What stands in for a parameter of a path besides organisation and project.
NAMES = {"name": "dau", "kind": "trend", "id": "nothing"}


def described():
    """(method, path) of every route that somebody with a credential of a person might try."""
    paths = json.loads((ROOT / "schemas/openapi.json").read_text())["paths"]
    for path, operations in paths.items():
        for method in operations:
            if not {"open", "sends"} & set(TENANTS[f"{method.upper()} {path}"]):
                yield method.upper(), path


class World:
    """Two organisations with a project each, and in each a member of every role."""

    def __init__(self, folder):
        self.server = Server(folder / "data", QUICK)
        self.server.start()
        other = self.command("organisation", "create", "Other")
        self.organisation = {"own": "1", "foreign": other}
        self.project = {"own": "1", "foreign": self.command("project", "create", "Farm", "--organisation", other)}
        self.sessions = {}
        for where, number in self.organisation.items():
            for role in ROLES:
                email = f"{role}@{where}.example"
                self.command("user", "create", email, "--role", role, "--organisation", number, "--password-file", "-")
                self.sessions[where, role] = self.login(email)

    def command(self, *words):
        flags = [f"--{name}={value}" for name, value in {"data_dir": self.server.data_dir, **QUICK}.items()]
        done = subprocess.run([BINARY, *words, *flags], input=PASSWORD + "\n", text=True, capture_output=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout.strip()

    def login(self, email):
        answer = self.ask("POST", "/api/v1/login", None, {"email": email, "password": PASSWORD, "bearer": True})
        assert answer[0] == 200, answer
        return answer[1]["token"]

    def service_token(self, role, scopes):
        body = {"name": "test", "role": role, "scopes": scopes}
        status, made = self.ask("POST", "/api/v1/organisations/1/service-tokens", self.sessions["own", "owner"], body)
        assert status == 201, made
        return made["token"]

    def ask(self, method, path, bearer, body=None, headers=None):
        """(status, body); of an answer that goes on only its status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {**({"Authorization": f"Bearer {bearer}"} if bearer else {}), **(headers or {})}
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {**headers, **({"Content-Type": "application/json"} if data else {})})
        response = connection.getresponse()
        if response.getheader("Content-Type") == "text/event-stream":
            connection.close()
            return response.status, {}
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else {}

    def try_route(self, method, pattern, bearer, where):
        """Asks for something that changes nothing: an empty body, or a number that nothing has."""
        names = {**NAMES, "organisation": self.organisation[where], "project": self.project[where]}
        path = re.sub(r"\{(\w+)\}", lambda found: names.get(found.group(1), NOBODY), pattern)
        body = {} if method in ("POST", "PUT", "PATCH") else None
        return self.ask(method, path, bearer, body, {"X-Project": self.project[where]})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("rights"))
    try:
        yield made
    finally:
        made.server.stop()


def verdict(answer):
    """passed, or why not"""
    status, body = answer
    assert status < 500, answer
    code = body.get("code")
    if status in (401, 403):
        return code
    return code if status == 404 and code in ("gm-organisation-unknown", "gm-project-unknown") else "passed"


def expected(row, allowed, where):
    """What the tables say of somebody signed in, in his own organisation or another."""
    if row["reach"] in ("person", "caller"):
        return "passed"
    if where == "foreign":
        return "gm-organisation-unknown" if row["reach"] == "organisation" else "gm-project-unknown"
    return "passed" if allowed(row["action"]) else "gm-right-missing"


def guarded():
    return [(key, row) for key, row in ROUTES.items() if row["reach"] != "anyone"]


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(described()) | {("GET", "/graphql"), ("POST", "/graphql"), ("POST", "/api/v1/query/players")} == set(ROUTES)


@pytest.mark.parametrize("role", ROLES)
def test_exactly_what_the_role_allows_passes(world, role):
    tried = 0
    for (method, pattern), row in guarded():
        for where in ("own", "foreign"):
            # Signing out ends the session, so that has one of its own.
            bearer = world.login(f"{role}@own.example") if pattern == "/api/v1/logout" else world.sessions["own", role]
            answer = world.try_route(method, pattern, bearer, where)
            wanted = expected(row, lambda action: role in ALLOWED[action], where)
            assert verdict(answer) == wanted, (role, where, method, pattern, answer)
            tried += 1
    assert tried == 2 * len(guarded())


@pytest.mark.parametrize("scope", sorted(ALLOWED))
def test_a_token_does_what_its_one_scope_allows_and_nothing_else(world, scope):
    token = world.service_token("owner", [scope])
    for (method, pattern), row in guarded():
        for where in ("own", "foreign"):
            answer = world.try_route(method, pattern, token, where)
            wanted = "gm-right-missing" if row["reach"] == "person" else expected(row, lambda action: action == scope, where)
            assert verdict(answer) == wanted, (scope, where, method, pattern, answer)


@pytest.mark.parametrize("role", ROLES)
def test_scopes_never_add_to_a_role(world, role):
    token = world.service_token(role, sorted(ALLOWED))
    for (method, pattern), row in guarded():
        answer = world.try_route(method, pattern, token, "own")
        wanted = "gm-right-missing" if row["reach"] == "person" else expected(row, lambda action: role in ALLOWED[action], "own")
        assert verdict(answer) == wanted, (role, method, pattern, answer)


@pytest.mark.parametrize("bearer", [None, "gm_us_" + "0" * 32, "gm_pt_" + "0" * 32, "nonsense", "gm_pk", "gm_wk"])
def test_without_a_credential_of_a_person_nothing_passes(world, bearer):
    bearer = {"gm_pk": world.server.project_key, "gm_wk": world.server.write_key}.get(bearer, bearer)
    for (method, pattern), row in guarded():
        if row["reach"] == "key" and bearer == world.server.project_key:
            continue  # these are its own: test_tenant_matrix.py
        status, _ = world.try_route(method, pattern, bearer, "own")
        assert status == (403 if row["reach"] == "key" and bearer == world.server.write_key else 401), (method, pattern)


def test_a_person_sends_no_events(world):
    for bearer in (world.sessions["own", "owner"], world.service_token("owner", sorted(ALLOWED))):
        assert world.ask("POST", "/v1/events", bearer, {"events": []})[0] == 401


def test_the_server_of_the_probes_has_none_of_these_routes(world):
    for method, pattern in ROUTES:
        assert request(method, world.server.internal_url + pattern.replace("{", "").replace("}", "")).status in (404, 405, 501)
