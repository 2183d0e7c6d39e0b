"""A receiver of webhooks: keeps what it is sent, and answers as it is told."""
import http.server
import json
import threading
import time


class Receiver:
    def __init__(self, port=0):
        self.messages = []  # {path, headers, body}
        self.answer = (200, {}, b"thanks")
        self.on_message = None  # called before the answer
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                message = {"path": self.path, "headers": dict(self.headers), "body": body}
                receiver.messages.append(message)
                if receiver.on_message:
                    receiver.on_message(message)
                status, headers, text = receiver.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

            def handle_expect_100(self):
                return True

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path):
        return [one for one in list(self.messages) if one["path"] == path]

    def wait(self, path, count, seconds=30):
        """The messages to the path, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.at(path)) < count:
            assert time.monotonic() < deadline, (path, self.messages)
            time.sleep(0.02)
        return self.at(path)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def data_of(message):
    return json.loads(message["body"])
