"""People at work: signing in, inviting, roles, tokens, keys, and the log of what they changed. Who may do what is test_rights_matrix.py's."""
import json

import pytest

from gamemetrics_server import Server, request
from test_rights_matrix import PASSWORD, World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("users"))
    try:
        yield made
    finally:
        made.server.stop()


def owner(world):
    return world.sessions["own", "owner"]


def audit(world, organisation="1"):
    return json.loads(world.command("audit", "list", "--organisation", organisation, "-n", "1000", "-o", "json"))


def test_a_browser_signs_in_by_a_cookie_that_no_script_reads(world):
    url = world.server.url + "/api/v1/"
    headers = {"Content-Type": "application/json"}
    login = request("POST", url + "login", json.dumps({"email": "owner@own.example", "password": PASSWORD}).encode(), headers)
    cookie = login.headers["Set-Cookie"]
    assert login.status == 200 and "token" not in login.json()
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    headers["Cookie"] = cookie.split(";")[0]
    me = request("GET", url + "me", headers=headers).json()
    assert me["user"]["email"] == "owner@own.example" and me["csrf"] == login.json()["csrf"]
    assert request("POST", url + "logout", headers=headers).json()["code"] == "gm-csrf-missing"
    headers["X-CSRF-Token"] = me["csrf"]
    numbers = request("GET", url + "project", headers={**headers, "X-Project": "1"})
    assert numbers.status == 200 and numbers.json()["name"]
    assert request("POST", url + "logout", headers=headers).status == 204
    assert request("GET", url + "me", headers=headers).json()["code"] == "gm-session-unknown"


def test_a_page_asks_whether_there_are_people_before_it_knows_anybody(world, tmp_path):
    url = world.server.url + "/api/v1/login"
    headers = {"Authorization": f"Bearer {owner(world)}"}
    assert request("GET", url).json() == {"people": True, "signed_in": False}
    assert request("GET", url, headers=headers).json() == {"people": True, "signed_in": True}
    assert request("GET", url, headers={"Cookie": "gm_session=gm_us_" + "0" * 32}).json() == {"people": True, "signed_in": False}
    alone = Server(tmp_path / "data")
    alone.start()
    try:
        assert request("GET", alone.url + "/api/v1/login").json() == {"people": False, "signed_in": False}
    finally:
        alone.stop()


def test_a_form_of_another_page_signs_nobody_in(world):
    body = json.dumps({"email": "owner@own.example", "password": PASSWORD}).encode()
    answer = request("POST", world.server.url + "/api/v1/login", body, {"Content-Type": "text/plain"})
    assert answer.status == 415 and answer.headers["Set-Cookie"] is None


def test_a_wrong_password_and_nobody_are_told_alike(world):
    answers = [world.ask("POST", "/api/v1/login", None, {"email": email, "password": "wrong"}) for email in ("owner@own.example", "nobody@own.example")]
    for status, body in answers:
        assert status == 401 and {**body, "trace_id": ""} == {**answers[0][1], "trace_id": ""}


def test_an_invitation_makes_a_member_once(world):
    status, made = world.ask("POST", "/api/v1/organisations/1/invitations", owner(world), {"email": "New@own.example", "role": "analyst"})
    assert status == 201 and made["token"].startswith("gm_in_") and made["email"] == "new@own.example"
    assert "token" not in json.dumps(world.ask("GET", "/api/v1/organisations/1/invitations", owner(world))[1])
    take = {"token": made["token"], "name": "New", "password": PASSWORD, "bearer": True}
    assert world.ask("POST", "/api/v1/invitations/accept", None, {**take, "password": "short"})[1]["code"] == "gm-password-weak"
    status, joined = world.ask("POST", "/api/v1/invitations/accept", None, take)
    assert status == 200, joined
    me = world.ask("GET", "/api/v1/me", joined["token"])[1]
    assert [(one["id"], one["role"]) for one in me["organisations"]] == [(1, "analyst")]
    assert world.ask("POST", "/api/v1/invitations/accept", None, take)[1]["code"] == "gm-invitation-unknown"


def test_who_has_an_account_takes_an_invitation_with_its_password(world):
    token = world.command("member", "invite", "viewer@foreign.example", "support")
    take = {"token": token, "password": "something else entirely", "bearer": True}
    assert world.ask("POST", "/api/v1/invitations/accept", None, take)[1]["code"] == "gm-login-failed"
    status, joined = world.ask("POST", "/api/v1/invitations/accept", None, {**take, "password": PASSWORD})
    assert status == 200
    roles = {one["id"]: one["role"] for one in world.ask("GET", "/api/v1/me", joined["token"])[1]["organisations"]}
    assert roles == {1: "support", int(world.organisation["foreign"]): "viewer"}


def test_nobody_gives_more_than_he_has(world):
    admin = world.sessions["own", "admin"]
    members = {one["email"]: one["id"] for one in world.ask("GET", "/api/v1/organisations/1/members", admin)[1]["members"]}
    path = "/api/v1/organisations/1/"
    refused = [("POST", path + "invitations", {"email": "x@own.example", "role": "owner"}),
               ("PATCH", f"{path}members/{members['viewer@own.example']}", {"role": "owner"}),
               ("PATCH", f"{path}members/{members['owner@own.example']}", {"role": "viewer"}),
               ("DELETE", f"{path}members/{members['owner@own.example']}", None),
               ("POST", path + "service-tokens", {"name": "t", "role": "owner", "scopes": ["read_numbers"]}),
               ("POST", path + "service-tokens", {"name": "t", "role": "admin", "scopes": ["manage_owners"]})]
    for method, target, body in refused:
        assert world.ask(method, target, admin, body)[1]["code"] == "gm-right-missing", (method, target)
    narrow = world.service_token("owner", ["manage_service_tokens", "manage_keys", "manage_members"])
    for target, body in ((path + "service-tokens", {"name": "t", "role": "viewer", "scopes": ["read_numbers"]}),
                         (path + "invitations", {"email": "x@own.example", "role": "viewer"}),
                         ("/api/v1/projects/1/keys", {"kind": "project"})):
        assert world.ask("POST", target, narrow, body)[1]["code"] == "gm-right-missing", target
    last = world.ask("PATCH", f"{path}members/{members['owner@own.example']}", owner(world), {"role": "admin"})
    assert last[0] == 409 and last[1]["code"] == "gm-member-last-owner"


def test_a_changed_role_counts_at_once(world):
    session = world.sessions["own", "support"]
    members = {one["email"]: one["id"] for one in world.ask("GET", "/api/v1/organisations/1/members", owner(world))[1]["members"]}
    target = f"/api/v1/organisations/1/members/{members['support@own.example']}"
    for role, status in (("viewer", 403), ("support", 200)):
        assert world.ask("PATCH", target, owner(world), {"role": role})[0] == 204
        assert world.ask("GET", "/api/v1/players", session, headers={"X-Project": "1"})[0] == status


def test_sessions_and_tokens_are_refused_from_the_moment_they_end(world):
    email = "analyst@own.example"
    first, second = world.login(email), world.login(email)
    sessions = world.ask("GET", "/api/v1/sessions", second)[1]["sessions"]
    other = [one for one in sessions if not one["current"]][-1]
    assert world.ask("DELETE", f"/api/v1/sessions/{other['id']}", second)[0] == 204
    assert world.ask("GET", "/api/v1/me", first)[0] == 401
    status, token = world.ask("POST", "/api/v1/tokens", second, {"name": "mine", "scopes": ["read_numbers"], "lifetime_seconds": 3600})
    assert status == 201 and world.ask("GET", "/api/v1/me", token["token"])[0] == 200
    listed = world.ask("GET", "/api/v1/tokens", second)[1]["tokens"]
    assert listed[-1]["prefix"] == token["token"][:12] and token["token"] not in json.dumps(listed)
    assert world.ask("DELETE", f"/api/v1/tokens/{token['id']}", world.sessions["own", "viewer"])[0] == 404, "not his"
    assert world.ask("DELETE", f"/api/v1/tokens/{token['id']}", second)[0] == 204
    assert world.ask("GET", "/api/v1/me", token["token"])[0] == 401


def test_the_operator_disables_somebody_while_the_server_runs(world):
    session = world.login("analyst@foreign.example")
    world.command("user", "disable", "analyst@foreign.example")
    assert world.ask("GET", "/api/v1/me", session)[0] == 401
    assert world.ask("POST", "/api/v1/login", None, {"email": "analyst@foreign.example", "password": PASSWORD})[1]["code"] == "gm-login-failed"
    world.command("user", "enable", "analyst@foreign.example")
    assert world.login("analyst@foreign.example")


def send(world, key):
    body = json.dumps({"events": [{"event": "e", "player_id": "p"}]}).encode()
    return request("POST", world.server.url + "/v1/events", body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}).status


def test_a_key_is_shown_once_counts_at_once_and_is_rotated_with_an_overlap(world):
    path = "/api/v1/projects/1/keys"
    status, key = world.ask("POST", path, owner(world), {"kind": "write", "origins": ["https://Game.example:443"]})
    assert status == 201 and key["origins"] == ["https://game.example"]
    assert send(world, key["key"]) == 200
    for overlap, old_status in ((60, 200), (0, 401)):
        status, fresh = world.ask("POST", f"{path}/{key['id']}/rotate", owner(world), {"overlap_seconds": overlap})
        assert status == 201 and fresh["origins"] == key["origins"] and send(world, fresh["key"]) == 200
        assert send(world, key["key"]) == old_status
        key = fresh
    assert world.ask("DELETE", f"{path}/{key['id']}", owner(world))[0] == 204
    assert send(world, key["key"]) == 401
    listed = world.ask("GET", path, owner(world))[1]["keys"]
    assert any(one["revoked_at"] for one in listed) and key["key"] not in json.dumps(listed)
    foreign = f"/api/v1/projects/{world.project['foreign']}/keys/{key['id']}"
    assert world.ask("DELETE", foreign, world.sessions["foreign", "owner"])[1]["code"] == "gm-key-unknown", "a key of another's project"


def test_a_game_has_environments(world):
    status, staging = world.ask("POST", "/api/v1/projects/1/environments", owner(world), {"environment": "staging"})
    assert status == 201 and staging["game"] == 1 and staging["environment"] == "staging"
    assert world.ask("POST", "/api/v1/projects/1/environments", owner(world), {"environment": "staging"})[1]["code"] == "gm-environment-exists"
    status, key = world.ask("POST", f"/api/v1/projects/{staging['id']}/keys", owner(world), {"kind": "write"})
    assert status == 201 and send(world, key["key"]) == 200
    for body, code in (({"name": "G", "time_zone": "Mars/Olympus"}, "gm-time-zone-unknown"), ({"name": "G", "currency": "XX"}, "gm-config-invalid-value")):
        assert world.ask("POST", "/api/v1/organisations/1/projects", owner(world), body)[1]["code"] == code


def test_what_is_wrong_with_a_body_is_told_all_at_once(world):
    status, answer = world.ask("POST", "/api/v1/organisations/1/service-tokens", owner(world), {"scopes": ["fly"], "rôle": 1})
    assert status == 400 and answer["code"] == "gm-request-invalid"
    assert {error["pointer"] for error in answer["errors"]} >= {"/name", "/scopes", "/role", "/rôle"}


def test_every_change_is_in_the_log_without_a_secret(world):
    status, key = world.ask("POST", "/api/v1/projects/1/keys", owner(world), {"kind": "server"})
    _, invitation = world.ask("POST", "/api/v1/organisations/1/invitations", owner(world), {"email": "log@own.example", "role": "viewer"})
    assert status == 201
    entries = audit(world)
    newest = {entry["action"]: entry for entry in reversed(entries)}
    assert newest["key.created"]["object"] == f"key:{key['id']}" and newest["key.created"]["actor"].startswith("user:")
    assert newest["key.created"]["address"] == "127.0.0.1" and newest["key.created"]["after"]["prefix"] == key["prefix"]
    assert newest["invitation.created"]["after"] == {"email": "log@own.example", "role": "viewer"}
    for secret in (key["key"], invitation["token"], PASSWORD):
        assert secret not in json.dumps([*entries, *audit(world, "0")])
    first = world.ask("GET", "/api/v1/organisations/1/audit?limit=2", owner(world))[1]
    second = world.ask("GET", f"/api/v1/organisations/1/audit?limit=2&before={first['next']}", owner(world))[1]
    assert [entry["id"] for entry in first["entries"] + second["entries"]] == [entry["id"] for entry in entries[:4]]
    foreign = audit(world, world.organisation["foreign"])
    assert not {entry["id"] for entry in entries} & {entry["id"] for entry in foreign}


def test_who_asked_for_an_erasure_is_in_the_log_and_whom_it_was_about_is_not(world):
    body = {"kind": "erase", "player": "zoe-of-the-erasure"}
    status, asked = world.ask("POST", "/api/v1/privacy/requests", owner(world), body, {"X-Project": "1"})
    assert status == 200 and asked["requested_by"].startswith("user:")
    by_key = world.ask("POST", "/api/v1/privacy/requests", world.server.project_key, {**body, "player": "yan-of-the-erasure"})[1]
    assert by_key["requested_by"].startswith("key:")
    entries = audit(world)
    for one in (asked, by_key):
        assert [entry["actor"] for entry in entries if entry["object"] == f"privacy:{one['id']}"] == [one["requested_by"]]
    assert "of-the-erasure" not in json.dumps(entries)


def test_no_secret_is_on_the_disk_or_in_the_server_s_log(world):
    kept = b"".join(path.read_bytes() for path in world.server.data_dir.glob("metadata.sqlite*"))
    said = world.server.log_file.read_bytes()
    assert b"owner@own.example" in kept
    for secret in (*world.sessions.values(), PASSWORD):
        assert secret.encode() not in kept and secret.encode() not in said
