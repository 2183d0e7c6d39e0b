"""One HTTP request at a time over a connection that is kept."""
from __future__ import annotations

import gzip
import http.client
from urllib.parse import urlsplit

from .outbox import Answer

ANSWER_BYTES_MAX = 1 << 20
# The server takes a body that shrinks more than a hundredfold for an attack.
GZIP_RATIO_MAX = 50


def pack(body: bytes, gzip_bytes_min: int):
    """(body, whether it is compressed)"""
    if len(body) < gzip_bytes_min:
        return body, False
    small = gzip.compress(body, 6)
    return (body, False) if len(small) * GZIP_RATIO_MAX < len(body) else (small, True)


class Transport:
    def __init__(self, host: str, timeout_ms: int):
        parts = urlsplit(host)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("host must look like https://events.example.com")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._place = (parts.hostname, parts.port)
        self._path = parts.path.rstrip("/") + "/v1/events"
        self._timeout = timeout_ms / 1000
        self._connection = None

    def post(self, key: str, body: bytes, zipped: bool) -> Answer:
        headers = {"Authorization": "Bearer " + key, "Content-Type": "application/json", "User-Agent": "gamemetrics-python/0.1.0"}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        try:
            return self._exchange(body, headers)
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            return Answer(0, "", b"")

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _exchange(self, body, headers) -> Answer:
        if not self._connection:
            self._connection = self._kind(*self._place, timeout=self._timeout)
        self._connection.request("POST", self._path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read(ANSWER_BYTES_MAX)
        if not answer.isclosed() or answer.will_close:
            self.close()
        return Answer(answer.status, answer.getheader("Retry-After") or "", text)
