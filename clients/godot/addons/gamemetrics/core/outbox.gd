extends RefCounted
# What waits to be sent, what is on its way, and what an answer means for it. Nothing here does input or output or reads a clock, so
# that every rule can be tested.

const Platform = preload("platform.gd")

var stopped = false
var refusing = ""
var notices = []
var counts = {
	"tracked": 0, "restored": 0, "delivered": 0, "warned": 0, "rejected": 0, "dropped": 0, "requests": 0, "failures": 0
}
var _options
var _queue = []
var _bytes = 0
var _in_flight = []
var _batch_limit
var _attempts = 0
var _not_before = 0
var _waiting_since = 0
var _hurry = false
var _random = RandomNumberGenerator.new()


func _init(options: Dictionary) -> void:
	_options = options
	_batch_limit = options["batch_events_max"]
	_random.randomize()


func stats() -> Dictionary:
	var found = counts.duplicate()
	found["queued"] = _queue.size() + _in_flight.size()
	return found


func idle() -> bool:
	return _queue.size() == 0 and _in_flight.size() == 0


func waiting() -> Array:
	return _in_flight + _queue


func add(record: Dictionary, now: int) -> void:
	if record["bytes"] > _options["event_bytes_max"]:
		drop(record, "event_too_large", "%d bytes" % record["bytes"])
		return
	if _queue.size() == 0:
		_waiting_since = now
	_queue.push_back(record)
	_bytes += record["bytes"]
	_trim()


func drop(record: Dictionary, reason: String, detail = "", by_server = false) -> void:
	counts["rejected" if by_server else "dropped"] += 1
	notices.append({"event_id": record["id"], "event": record["name"], "reason": reason, "detail": detail, "by_server": by_server})


func flush() -> void:
	_hurry = not idle()


# From now on nothing is kept: what waits is dropped, what comes back from a failed request, too.
func refuse(reason: String) -> void:
	refusing = reason
	while _queue.size() > 0:
		drop(_pop(), reason)


# When the next request may start; -1 when there is nothing to send.
func due_at() -> int:
	if stopped or _in_flight.size() > 0 or _queue.size() == 0:
		return -1
	var full = _queue.size() >= _options["flush_events"] or _bytes >= _options["flush_bytes"]
	if _hurry or _attempts > 0 or full:
		return _not_before
	return int(max(_not_before, _waiting_since + _options["flush_interval_ms"]))


func take(now: int) -> Array:
	var size = 0
	while _queue.size() > 0 and _in_flight.size() < _batch_limit:
		size += _queue[0]["bytes"]
		if _in_flight.size() > 0 and size > _options["batch_bytes_max"]:
			break
		_in_flight.append(_pop())
	_waiting_since = now
	counts["requests"] += 1
	return _in_flight


# status 0: there was no answer.
func settle(status: int, retry_after: String, body: String, now: int) -> void:
	var records = _in_flight
	_in_flight = []
	var answer = Platform.parse_json(body) if body.begins_with("{") else null
	if not answer is Dictionary:
		answer = {}
	# Unless the server says how many events it took it took none: a hotel's login page also answers 200.
	if status >= 200 and status < 300 and answer.get("accepted") is float:
		_delivered(records, answer.get("results"), now)
	elif status == 413:
		_too_large(records, answer)
	elif status >= 400 and status < 500 and status != 408 and status != 429:
		_refused(records, status, answer)
	else:
		_failed(status, answer, true)
		_put_back(records)
		_wait(retry_after, now)
	if _queue.size() == 0:
		_hurry = false


func _delivered(records: Array, results, now: int) -> void:
	var verdicts = {}
	for result in results if results is Array else []:
		if result is Dictionary and result.get("index") is float:
			verdicts[int(result["index"])] = result
	var again = []
	for index in range(records.size()):
		var result = verdicts.get(index, {})
		var verdict = str(result.get("verdict", "ok"))
		if verdict == "retry":
			again.append(records[index])
		elif verdict == "drop":
			drop(records[index], str(result.get("tag", "")), str(result.get("detail", "")), true)
		else:
			counts["delivered"] += 1
			counts["warned"] += 1 if verdict == "warning" else 0
	_put_back(again)
	if again.size() > 0:
		_wait("", now)
	else:
		_calm()


func _too_large(records: Array, answer: Dictionary) -> void:
	_failed(413, answer, records.size() > 1)
	if records.size() > 1:
		_batch_limit = int(records.size() / 2)
		_put_back(records)
		_hurry = true
		return
	# The event that did not fit is gone; its neighbours need not travel alone for it.
	drop(records[0], "event_too_large", "the server refuses it")
	_batch_limit = _options["batch_events_max"]


func _refused(records: Array, status: int, answer: Dictionary) -> void:
	var key_refused = status == 401 or status == 403
	stopped = stopped or key_refused
	_failed(status, answer, false)
	for record in records:
		drop(record, "key_refused" if key_refused else "http_%d" % status, str(answer.get("detail", "")))
	_calm()


func _failed(status: int, answer: Dictionary, will_retry: bool) -> void:
	var code = "network" if status == 0 else "answer_unreadable" if status >= 200 and status < 300 else "http_%d" % status
	if answer.get("code") is String:
		code = answer["code"]
	counts["failures"] += 1
	notices.append({"status": status, "code": code, "detail": str(answer.get("detail", "")), "will_retry": will_retry})


func _put_back(records: Array) -> void:
	for index in range(records.size() - 1, -1, -1):
		if refusing != "":
			drop(records[index], refusing)
			continue
		_queue.push_front(records[index])
		_bytes += records[index]["bytes"]
	_trim()


# Full jitter: clients that failed together do not come back together.
func _wait(retry_after: String, now: int) -> void:
	var ceiling = min(_options["retry_max_ms"], _options["retry_base_ms"] * pow(2, min(_attempts, 20)))
	_attempts += 1
	var asked = 0
	if retry_after.length() < 10 and retry_after.is_valid_int() and not retry_after.begins_with("-"):
		asked = min(int(retry_after) * 1000, _options["retry_after_max_ms"])
	_not_before = now + int(max(_random.randf() * ceiling, asked))


func _calm() -> void:
	_attempts = 0
	_not_before = 0


func _trim() -> void:
	while _queue.size() > _options["queue_events_max"] or _bytes > _options["queue_bytes_max"]:
		drop(_pop(), "queue_full")


func _pop() -> Dictionary:
	var record = _queue.pop_front()
	_bytes -= record["bytes"]
	return record
