"""An HTTP server that answers POST /v1/events as a script says. It is no GameMetrics server: it only plays one for tests.

Each case has its own path prefix, so that a late request of one case is not taken for one of the next.
"""
import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Script:
    """What one case's server answers, and what it was asked."""

    def __init__(self, script):
        self.answers = list(script.get("answers", []))
        self.events_max = script.get("events_max")
        self.refused_event = script.get("refused_event")
        self.requests, self.delivered = [], []
        self.lock = threading.Lock()

    def next_answer(self, names):
        if self.events_max is not None and len(names) > self.events_max:
            return {"status": 413, "code": "gm-batch-too-large"}
        if self.refused_event in names:
            return {"status": 413, "code": "gm-body-too-large"}
        if not self.answers:
            return {}
        return self.answers[0] if self.answers[0].get("for_ever") else self.answers.pop(0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        """Pages for a browser: the path's text and type."""
        text, kind = self.server.pages.get(self.path, ("", "text/plain"))
        self.reply(200 if text else 404, text.encode(), kind=kind)

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        prefix, _, path = self.path[1:].partition("/")
        script = self.server.scripts.get(prefix)
        if script is None or path != "v1/events":
            return self.reply(404, b"{}")
        zipped = self.headers.get("Content-Encoding") == "gzip"
        body = json.loads(gzip.decompress(raw) if zipped else raw)
        with script.lock:
            answer = script.next_answer([event["event"] for event in body["events"]])
            script.requests.append({"at": time.monotonic(), "events": body["events"], "sent_at": body["sent_at"], "gzip": zipped,
                                    "key": self.headers.get("Authorization", ""), "type": self.headers.get("Content-Type", "")})
        self.play(script, body["events"], answer)

    def play(self, script, events, answer):
        time.sleep(answer.get("hang_ms", 0) / 1000)
        if answer.get("close"):
            self.close_connection = True
            return
        status = answer.get("status", 200)
        if "raw" in answer:
            return self.reply(status, answer["raw"].encode(), answer)
        if status >= 300:
            return self.reply(status, json.dumps({"status": status, "code": answer.get("code"), "detail": "scripted"}).encode(), answer)
        self.reply(status, self.verdicts(script, events, answer), answer)

    def verdicts(self, script, events, answer):
        """As docs/reference/http-api.md has it: only what is not ok is listed."""
        results = [{"index": index, "event_id": events[index].get("event_id"), "tag": "", "detail": "scripted", **verdict}
                   for index, verdict in enumerate(answer.get("verdicts", [])) if verdict]
        lost = {one["index"] for one in results if one["verdict"] in ("drop", "retry")}
        with script.lock:
            script.delivered += [event for index, event in enumerate(events) if index not in lost]
        return json.dumps({"request_id": "0" * 32, "accepted": len(events) - len(lost),
                           "rejected": sum(one["verdict"] == "drop" for one in results), "results": results}).encode()

    def reply(self, status, body, answer=(), kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if "retry_after" in answer:
            self.send_header("Retry-After", str(answer["retry_after"]))
        if "location" in answer:
            self.send_header("Location", answer["location"])
        self.end_headers()
        self.wfile.write(body)


class ScriptedServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.scripts, self.pages = {}, {}
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, *_):
        """A client that gave up is part of the script."""

    def add(self, name, script):
        """Returns the host to give to the client."""
        self.scripts[name] = Script(script)
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"
