"""What waits to be sent, what is on its way, and what an answer means for it.

Nothing here does input or output or reads a clock, so that every rule can be tested. Times are milliseconds of a steady clock.
"""
from __future__ import annotations

import json
import random
from collections import deque
from typing import Any, List, NamedTuple, Optional

from .events import Record, iso_time
from .options import Dropped, Failure, Options

STATS = ("tracked", "restored", "delivered", "warned", "rejected", "dropped", "requests", "failures")


class Answer(NamedTuple):
    """status 0: there was none."""
    status: int
    retry_after: str
    body: bytes


class Outbox:
    def __init__(self, options: Options):
        self._options = options
        self._queue = deque()
        self._bytes = 0
        self._in_flight: List[Record] = []
        self._batch_limit = options.batch_events_max
        self._attempts = 0
        self._not_before = 0
        self._waiting_since = 0
        self._hurry = False
        self.stopped = False
        self.refusing = ""
        self.counts = dict.fromkeys(STATS, 0)
        self.notices: List[Any] = []

    def stats(self):
        return {**self.counts, "queued": len(self._queue) + len(self._in_flight)}

    def idle(self) -> bool:
        return not self._queue and not self._in_flight

    def add(self, record: Record, now: int) -> None:
        if len(record.json) > self._options.event_bytes_max:
            return self.drop(record, "event_too_large", f"{len(record.json)} bytes")
        if not self._queue:
            self._waiting_since = now
        self._queue.append(record)
        self._bytes += len(record.json)
        self._trim()

    def drop(self, record: Record, reason: str, detail: str = "") -> None:
        self.counts["dropped"] += 1
        self.notices.append(Dropped(record.id, record.name, reason, detail, False))

    def flush(self) -> None:
        self._hurry = not self.idle()

    def refuse(self, reason: str) -> None:
        """From now on nothing is kept: what waits is dropped, what comes back from a failed request, too."""
        self.refusing = reason
        while self._queue:
            self.drop(self._pop(), reason)

    def waiting(self) -> List[Record]:
        return self._in_flight + list(self._queue)

    def due_at(self) -> Optional[int]:
        """When the next request may start; None when there is nothing to send."""
        if self.stopped or self._in_flight or not self._queue:
            return None
        options = self._options
        full = len(self._queue) >= options.flush_events or self._bytes >= options.flush_bytes
        if self._hurry or self._attempts or full:
            return self._not_before
        return max(self._not_before, self._waiting_since + options.flush_interval_ms)

    def take(self, now: int) -> List[Record]:
        size = 0
        while self._queue and len(self._in_flight) < self._batch_limit:
            size += len(self._queue[0].json)
            if self._in_flight and size > self._options.batch_bytes_max:
                break
            self._in_flight.append(self._pop())
        self._waiting_since = now
        self.counts["requests"] += 1
        return self._in_flight

    def settle(self, answer: Answer, now: int) -> None:
        records, self._in_flight = self._in_flight, []
        results = _results(answer)
        if results is not None:
            self._delivered(records, results, now)
        elif answer.status == 413:
            self._too_large(records, answer)
        elif 400 <= answer.status < 500 and answer.status not in (408, 429):
            self._refused(records, answer)
        else:
            self._failed(answer, True)
            self._put_back(records)
            self._wait(answer.retry_after, now)
        if not self._queue:
            self._hurry = False

    def _delivered(self, records, results, now):
        verdicts = {one["index"]: one for one in results if isinstance(one, dict) and isinstance(one.get("index"), int)}
        again = []
        for index, record in enumerate(records):
            result = verdicts.get(index, {})
            verdict = result.get("verdict")
            if verdict == "retry":
                again.append(record)
            elif verdict == "drop":
                self.counts["rejected"] += 1
                self.notices.append(Dropped(record.id, record.name, str(result.get("tag", "")), str(result.get("detail", "")), True))
            else:
                self.counts["delivered"] += 1
                self.counts["warned"] += verdict == "warning"
        self._put_back(again)
        if again:
            self._wait("", now)
        else:
            self._attempts, self._not_before = 0, 0

    def _too_large(self, records, answer):
        self._failed(answer, len(records) > 1)
        if len(records) > 1:
            self._batch_limit = len(records) // 2
            self._put_back(records)
            self._hurry = True
            return
        # The event that did not fit is gone; its neighbours need not travel alone for it.
        self.drop(records[0], "event_too_large", "the server refuses it")
        self._batch_limit = self._options.batch_events_max

    def _refused(self, records, answer):
        key_refused = answer.status in (401, 403)
        self.stopped = self.stopped or key_refused
        failure = self._failed(answer, False)
        for record in records:
            self.drop(record, "key_refused" if key_refused else f"http_{answer.status}", failure.detail)
        self._attempts, self._not_before = 0, 0

    def _failed(self, answer, will_retry) -> Failure:
        problem = _parse(answer.body)
        problem = problem if isinstance(problem, dict) else {}
        code = problem.get("code") or _code(answer.status)
        failure = Failure(answer.status, str(code), str(problem.get("detail", "")), will_retry)
        self.counts["failures"] += 1
        self.notices.append(failure)
        return failure

    def _put_back(self, records):
        for record in reversed(records):
            if self.refusing:
                self.drop(record, self.refusing)
                continue
            self._queue.appendleft(record)
            self._bytes += len(record.json)
        self._trim()

    def _wait(self, retry_after, now):
        """Full jitter: clients that failed together do not come back together."""
        options = self._options
        ceiling = min(options.retry_max_ms, options.retry_base_ms * 2 ** min(self._attempts, 20))
        asked = int(retry_after) * 1000 if retry_after.isdigit() and len(retry_after) < 10 else 0
        self._attempts += 1
        self._not_before = now + max(int(random.random() * ceiling), min(asked, options.retry_after_max_ms))

    def _trim(self):
        while len(self._queue) > self._options.queue_events_max or self._bytes > self._options.queue_bytes_max:
            self.drop(self._pop(), "queue_full")

    def _pop(self) -> Record:
        record = self._queue.popleft()
        self._bytes -= len(record.json)
        return record


def envelope(records: List[Record], sent_ms: int) -> bytes:
    return b'{"sent_at":"%s","events":[%s]}' % (iso_time(sent_ms).encode(), b",".join(record.json for record in records))


def _results(answer: Answer):
    """None unless the server said how many events it took: a hotel's login page also answers 200."""
    body = _parse(answer.body) if 200 <= answer.status < 300 else None
    if not isinstance(body, dict) or not isinstance(body.get("accepted"), int):
        return None
    results = body.get("results")
    return results if isinstance(results, list) else []


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _code(status: int) -> str:
    if status == 0:
        return "network"
    return "answer_unreadable" if 200 <= status < 300 else f"http_{status}"
