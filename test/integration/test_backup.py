"""The restore drill: a backup made while the server serves becomes an empty directory's server with the same numbers; whoever was erased since stays erased."""
import json
import pathlib
import subprocess
import threading

from gamemetrics_server import BINARY, Server, request
from test_erasure import HIM, SETTINGS, TEXTS, check_stays_gone, event, hits, numbers, play, privacy, send, without_him  # noqa: F401


def backup(*arguments):
    return subprocess.run([BINARY, "backup", *map(str, arguments)], capture_output=True, text=True, timeout=300)


def flags(data_dir):
    return [f"--{k}={v}" for k, v in {"data_dir": data_dir, **SETTINGS}.items()]


def made(server, folder):
    done = backup("create", "--to", folder, *flags(server.data_dir))
    assert done.returncode == 0, done.stderr
    assert "copied" in done.stderr and " s" in done.stderr
    return done.stdout.strip()


def restored(server, place, *arguments):
    done = backup("restore", *arguments, *flags(place))
    assert done.returncode == 0, done.stderr
    assert "verified" in done.stderr and "counted" in done.stderr, done.stderr
    other = Server(place, SETTINGS)
    other.await_keys = False
    other.start()
    other.write_key, other.project_key = server.write_key, server.project_key
    return other


def test_a_backup_made_while_serving_is_restored_with_the_same_numbers(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server, with_him=True)
    before = numbers(server)
    sent, stop = [], threading.Event()

    def go_on():
        while not stop.is_set():
            sent.append(send(server, [event("play", "late", 0, len(sent))])["accepted"])

    sender = threading.Thread(target=go_on)
    sender.start()
    try:
        made(server, tmp_path / "backups")  # the first takes its time beside the sender
        during = len(sent)
        folder = made(server, tmp_path / "backups")
    finally:
        stop.set()
        sender.join()
    assert during > 0 and backup("verify", folder).returncode == 0
    other = restored(server, tmp_path / "other", folder)
    found = numbers(other)
    late = sum(found["events"].values()) - sum(before["events"].values())
    assert during <= late <= len(sent)
    assert {name: value for name, value in found["top"].items() if name != "play"} == {name: value for name, value in before["top"].items() if name != "play"}
    assert found["revenue"] == before["revenue"] and found["rejected"] == before["rejected"]
    assert send(other, [event("play", "after", 0, 1)])["accepted"] == 1
    assert other.stop() == 0 and server.stop() == 0


def command(data_dir, *words, given=""):
    done = subprocess.run([BINARY, *words, *flags(data_dir)], input=given, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def ask(server, method, path, bearer=None, body=None):
    headers = {"Content-Type": "application/json", "X-Project": "1", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
    return request(method, server.url + path, json.dumps(body).encode() if body else None, headers)


def test_people_come_back_with_a_backup_and_sign_in_anew(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    email, password = "ada@studio.example", "correct horse battery"
    command(server.data_dir, "user", "create", email, "--role", "owner", "--password-file", "-", given=password)
    login = {"email": email, "password": password, "bearer": True}
    session = ask(server, "POST", "/api/v1/login", body=login).json()["token"]
    wanted = {"name": "numbers", "role": "viewer", "scopes": ["read_numbers"]}
    service = ask(server, "POST", "/api/v1/organisations/1/service-tokens", session, wanted).json()["token"]
    invitation = command(server.data_dir, "member", "invite", "bob@studio.example", "viewer").strip()
    folder = pathlib.Path(made(server, tmp_path / "backups"))
    for secret in (password, session, service, invitation, server.project_key):
        assert all(secret.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert ask(server, "GET", "/api/v1/me", session).status == 200

    other = restored(server, tmp_path / "other", folder)
    assert ask(other, "GET", "/api/v1/me", session).json()["code"] == "gm-session-unknown"
    taken = ask(other, "POST", "/api/v1/invitations/accept", body={"token": invitation, "name": "Bob", "password": password})
    assert taken.json()["code"] == "gm-invitation-unknown"
    anew = ask(other, "POST", "/api/v1/login", body=login).json()["token"]
    assert [one["role"] for one in ask(other, "GET", "/api/v1/me", anew).json()["organisations"]] == ["owner"]
    assert ask(other, "GET", "/api/v1/project", service).status == 200
    entries = json.loads(command(other.data_dir, "audit", "list", "--organisation", "0", "-o", "json"))
    assert ("backup.restored", folder.name) in [(one["action"], one["object"]) for one in entries]
    assert other.stop() == 0 and server.stop() == 0


def test_a_damaged_backup_is_refused_and_nothing_is_overwritten(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server, with_him=False)
    folder = made(server, tmp_path / "backups")
    again = backup("restore", folder, *flags(server.data_dir))
    assert again.returncode != 0 and "gm-backup-target-not-empty" in again.stderr
    assert server.stop() == 0
    path = next((tmp_path / "backups").rglob("*.seg"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for done in (backup("verify", folder), backup("restore", folder, *flags(tmp_path / "new"))):
        assert done.returncode != 0 and "gm-backup-damaged" in done.stderr, done.stderr
    path.unlink()
    assert "gm-backup-damaged" in backup("verify", folder).stderr
    assert not (tmp_path / "new").exists()


def test_an_older_backup_does_not_bring_back_whoever_was_erased_since(tmp_path, without_him):  # noqa: F811
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server, with_him=True)
    folder = made(server, tmp_path / "backups")
    assert privacy(server, "erase", "--player", HIM, "--yes", "--wait").returncode == 0
    expected = numbers(server)
    for path in pathlib.Path(made(server, tmp_path / "backups")).rglob("*"):
        assert path.is_dir() or not any(text in path.read_bytes() for text in TEXTS), path
    other = restored(server, tmp_path / "other", folder, "--erased-list", server.data_dir / "privacy.sqlite")
    assert numbers(other) == expected
    assert hits(other) == []
    check_stays_gone(other, without_him)
    assert other.stop() == 0 and server.stop() == 0
