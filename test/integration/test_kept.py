"""Notes, segments and boards: there after a restart and in a backup, apart by project. Who may is test_rights_matrix.py's."""
import json
import subprocess

from gamemetrics_server import BINARY, Server, request


def call(server, method, path, body=None, key=None):
    headers = {"Authorization": f"Bearer {key or server.project_key}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    return request(method, f"{server.url}/api/v1/kept/{path}", data, headers)


def test_what_is_kept_outlives_a_restart_and_is_in_a_backup(tmp_path):
    server = Server(tmp_path / "data", {"kept.items_max": "2"})
    server.start()
    note = {"date": "2026-11-20", "text": "Autumn sale"}
    try:
        put = call(server, "PUT", "note/sale", note)
        assert put.status == 200 and put.json()["body"] == note and put.json()["changed_by"].startswith("key:")
        server.stop()
        server.start()
        assert call(server, "GET", "note").json() == {"items": [put.json()]}
        assert call(server, "GET", "segment").json() == {"items": []}
        assert call(server, "PUT", "note/b", {}).status == 200
        assert call(server, "PUT", "note/c", {}).json()["code"] == "gm-kept-full"
        assert call(server, "PUT", "note/c", []).json()["code"] == "gm-request-invalid"
        assert call(server, "DELETE", "note/b").status == 204
        assert call(server, "DELETE", "note/b").json()["code"] == "gm-kept-unknown"
        assert call(server, "PUT", "secret/a", {}).status == 404
        assert call(server, "GET", "note", key=server.write_key).status == 403
        made = subprocess.run([BINARY, "backup", "create", "--to", str(tmp_path / "backups"), f"--data_dir={server.data_dir}"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        manifest = json.loads(next((tmp_path / "backups").glob("*/manifest.json")).read_text())
        assert "kept.sqlite" in [file["path"] for file in manifest["files"]]
    finally:
        server.stop()
