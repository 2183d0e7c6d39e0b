"""What the tests see of the server, and a proxy that records what a client sends and can refuse it first."""
import base64
import http.server
import json
import os
import threading
import time
import urllib.error
import urllib.request

URL, WRITE_KEY, PROJECT_KEY = (os.environ[name] for name in ("GM_URL", "GM_WRITE_KEY", "GM_PROJECT_KEY"))


def send(url, body, headers):
    """(status, body) of a POST; an error status is an answer."""
    call = urllib.request.Request(url, data=body, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(call, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def read(path):
    call = urllib.request.Request(f"{URL}/api/v1/{path}", headers={"Authorization": f"Bearer {PROJECT_KEY}"})
    with urllib.request.urlopen(call, timeout=10) as answer:
        return json.load(answer)


def processed():
    """The pipeline's numbers once everything acknowledged has been processed."""
    deadline = time.monotonic() + 20
    while True:
        state = read("pipeline")
        if state["lag_events"] == 0 or time.monotonic() > deadline:
            return state
        time.sleep(0.05)


def live(event):
    """Feed entries of that name, newest first."""
    processed()
    return [entry for entry in read("live")["events"] if entry["event"] == event]


class Proxy:
    """Answers the first requests with `refusals` (status, headers, body), then passes on to `target`; keeps all requests."""

    def __init__(self, target, refusals=()):
        self.requests, self.answers, refusals = [], [], list(refusals)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection", "content-length")}
                outer.requests.append((self.path, body, headers, time.monotonic()))
                if refusals:
                    status, extra, answer = refusals.pop(0)
                else:
                    (status, answer), extra = send(target + self.path, body, headers), {}
                outer.answers.append(status)
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def real_refusal(status):
    """The bytes of a real 503 of the server; a 429 has the same form."""
    taken = json.loads(os.environ["GM_OVERLOADED"])
    assert taken["status"] == 503
    return status, taken["headers"], base64.b64decode(taken["body"])
