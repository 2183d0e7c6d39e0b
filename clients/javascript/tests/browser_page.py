"""A page in Chromium tracks events and is left at once: the events must arrive, with the next page's at the latest, and count once."""
import pathlib
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER.parent / "spec"))
import scripted_server  # noqa: E402

PAGE = """<!doctype html><script type="module">
import { Client } from "/client.js";
const metrics = new Client(location.origin + "/browser", "gm_wk_scripted_secret", { flushIntervalMs: 60000 });
%s
</script>"""
FIRST = """metrics.levelStart(1, "easy");
metrics.track("ünï", { text: "😀" });
location.href = "/second.html";"""
SECOND = """metrics.track("second_page");
await metrics.flush();"""
EXPECTED = ["first_open", "session_start", "level_start", "ünï", "session_start", "second_page"]


def delivered_once(script):
    """Names in order, a repeat of an id left out, as the server does."""
    return list({event["event_id"]: event["event"] for event in script.delivered}.values())


def main():
    server = scripted_server.ScriptedServer()
    host = server.add("browser", {}).rsplit("/", 1)[0]
    server.pages = {"/first.html": (PAGE % FIRST, "text/html; charset=utf-8"), "/second.html": (PAGE % SECOND, "text/html; charset=utf-8"),
                    "/client.js": ((FOLDER / "dist/index.js").read_text(), "text/javascript; charset=utf-8")}
    script, deadline = server.scripts["browser"], time.monotonic() + 30
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
                                    f"--user-data-dir={profile}", host + "/first.html"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while "second_page" not in delivered_once(script) and time.monotonic() < deadline:
            time.sleep(0.05)
        browser.terminate()
        browser.wait(10)
    found, players = delivered_once(script), {event["player_id"] for event in script.delivered}
    print(found, len(script.requests), "requests", [request["events"][0]["event"] for request in script.requests])
    platforms = {event["platform"] for event in script.delivered}
    return 0 if sorted(found) == sorted(EXPECTED) and len(players) == 1 and platforms == {"web"} else 1


if __name__ == "__main__":
    sys.exit(main())
