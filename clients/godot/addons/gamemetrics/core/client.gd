extends RefCounted
# The client without nodes: it knows what to send and when, and somebody with a network calls take_due and complete.

signal dropped(info)
signal failed(info)

const Platform = preload("platform.gd")
const Wire = preload("wire.gd")
const Outbox = preload("outbox.gd")
const DEFAULTS = {
	"player_id": "", "storage_dir": "", "auto_session": true, "opted_out": false,
	"country": "", "platform": "", "device": "", "build": "",
	"flush_events": 20, "flush_interval_ms": 10000, "flush_bytes": 65536,
	"batch_events_max": 100, "batch_bytes_max": 262144,
	"queue_events_max": 5000, "queue_bytes_max": 2097152, "event_bytes_max": 65536, "gzip_bytes_min": 1024,
	"retry_base_ms": 1000, "retry_max_ms": 60000, "retry_after_max_ms": 300000, "request_timeout_ms": 10000,
	"session_gap_ms": 1800000
}

var clock_shift_ms = 0
var _options
var _url
var _key
var _outbox
var _player
var _level = null
var _session = ""
var _session_start_ms = 0
var _last_ms = 0
var _opted_out
var _is_new = false
var _over = false


func _init(host: String, write_key: String, changes: Dictionary) -> void:
	_options = DEFAULTS.duplicate()
	for name in changes:
		_options[name] = changes[name]
	_url = host.rstrip("/") + "/v1/events"
	_key = write_key
	_outbox = Outbox.new(_options)
	var stored = _load("opted_out")
	_opted_out = stored == "yes" if stored != "" else _options["opted_out"]
	_player = _starting_player()
	_restore()


# Queues one event and returns its id ("" when opted out). `own` may hold revenue [amount, currency], player_id, session_id, time_ms,
# country, platform, device and build. An event of another player belongs to no session of this client.
func track(name: String, properties = {}, own = {}) -> String:
	if _opted_out:
		return ""
	var now = now_ms()
	if str(own.get("player_id", "")) == "" and name != "session_start" and name != "session_end":
		_touch(now)
	var id = _put(name, properties, own.get("time_ms", now), own)
	_tell()
	return id


func session_start() -> void:
	if _opted_out:
		return
	_end_session()
	_begin_session(now_ms())
	_tell()


func session_end() -> void:
	_end_session()
	_tell()


# Later events are of this player; "" returns to the anonymous id. False when the id is too long.
func set_player(id: String) -> bool:
	if Wire.byte_count(id) > Wire.NAME_BYTES_MAX:
		return false
	_player = id if id != "" else _anonymous()
	return true


func player_id() -> String:
	return _player


func set_level(level: int) -> void:
	_level = level


# Also resumes sending after a key was refused.
func set_key(write_key: String) -> void:
	_key = write_key
	_outbox.stopped = false


# Drops what waits, forgets who it was and sends nothing more, also after a restart when there is a storage.
func opt_out() -> void:
	_opted_out = true
	_session = ""
	_store("opted_out", "yes")
	_store("player_id", "")
	_store("unsent", "")
	_outbox.refuse("opted_out")
	_tell()


# Starts as somebody new.
func opt_in() -> void:
	_opted_out = false
	_store("opted_out", "no")
	_player = _starting_player()
	_outbox.refusing = ""


func request_timeout_ms() -> int:
	return _options["request_timeout_ms"]


func stats() -> Dictionary:
	return _outbox.stats()


func idle() -> bool:
	return _outbox.idle()


func stopped() -> bool:
	return _outbox.stopped


# What waits is due now.
func flush() -> void:
	_outbox.flush()


# Saves what waits, for a system may end the game without another word.
func save() -> void:
	if _options["storage_dir"] == "" or _opted_out:
		return
	var text = ""
	for record in _outbox.waiting():
		text += record["json"] + "\n"
	_store("unsent", text)


# Ends an automatic session. The owner may then send for a while what take_due gives, and calls close at last.
func prepare_to_close() -> void:
	if _options["auto_session"]:
		session_end()
	flush()


# The end: what was not sent is saved when there is a storage, else dropped. Later events are dropped.
func close() -> void:
	save()
	_over = true
	if _options["storage_dir"] == "":
		_outbox.refuse("shut_down")
	_tell()


# {"url", "headers", "body", "timeout_ms"} of the request that is due now, or {}. One at a time.
func take_due() -> Dictionary:
	var due = _outbox.due_at()
	var now = Platform.steady_ms()
	if _over or due < 0 or due > now:
		return {}
	var packed = Wire.pack(_outbox.take(now), now_ms(), _options["gzip_bytes_min"])
	var headers = ["Authorization: Bearer " + _key, "Content-Type: application/json"]
	if packed["gzip"]:
		headers.append("Content-Encoding: gzip")
	return {"url": _url, "headers": headers, "body": packed["body"], "timeout_ms": _options["request_timeout_ms"]}


# status 0: there was no answer.
func complete(status: int, retry_after: String, body: String) -> void:
	_outbox.settle(status, retry_after, body, Platform.steady_ms())
	_tell()


func with_level(properties: Dictionary) -> Dictionary:
	if _level != null:
		properties["level"] = _level
	return properties


func now_ms() -> int:
	return Platform.now_ms() + clock_shift_ms


func _tell() -> void:
	var notices = _outbox.notices
	_outbox.notices = []
	for notice in notices:
		emit_signal("dropped" if notice.has("reason") else "failed", notice)


func _load(name: String) -> String:
	return "" if _options["storage_dir"] == "" else Platform.read_file(_options["storage_dir"] + "/" + name)


func _store(name: String, value: String) -> void:
	if _options["storage_dir"] != "":
		Platform.write_file(_options["storage_dir"] + "/" + name, value)


func _starting_player() -> String:
	return _options["player_id"] if _options["player_id"] != "" else _anonymous()


func _anonymous() -> String:
	var id = _load("player_id")
	if id != "":
		return id
	id = Wire.uuid7(now_ms())
	if _options["storage_dir"] != "" and not _opted_out:
		_is_new = true
		_store("player_id", id)
	return id


# True when an event of now has to open a new session.
func _session_is_over(now: int) -> bool:
	return _options["auto_session"] if _session == "" else now - _last_ms > _options["session_gap_ms"]


func _touch(now: int) -> void:
	if _session_is_over(now):
		_begin_session(now)
	_last_ms = now


func _begin_session(now: int) -> void:
	_session = Wire.uuid7(now)
	_session_start_ms = now
	_last_ms = now
	if _is_new and _options["auto_session"]:
		_is_new = false
		_put("first_open", with_level({}), now, {})
	_put("session_start", with_level({}), now, {})


func _end_session() -> void:
	if _session == "":
		return
	# A session that was left alone ended with its last event, not when somebody came back.
	var now = now_ms()
	var end = _last_ms if _session_is_over(now) else now
	_put("session_end", with_level({"seconds": int(max(0, end - _session_start_ms) / 1000)}), end, {})
	_session = ""


func _put(name: String, properties: Dictionary, time_ms: int, own: Dictionary) -> String:
	var id = Wire.uuid7(now_ms())
	_outbox.counts["tracked"] += 1
	var problem = Wire.name_problem(name)
	var json = Wire.to_json_text(_fields(id, name, properties, time_ms, own)) if problem == "" else ""
	if problem == "" and json == "":
		problem = "properties_invalid"
	if problem == "" and _over:
		problem = "shut_down"
	var record = Wire.record(id, name, json)
	if problem != "":
		_outbox.drop(record, problem)
	else:
		_outbox.add(record, Platform.steady_ms())
	return id


func _fields(id: String, name: String, properties: Dictionary, time_ms: int, own: Dictionary) -> Dictionary:
	var other = str(own.get("player_id", ""))
	var fields = {"event_id": id, "event": name, "player_id": other if other != "" else _player, "time": Platform.iso_time(time_ms)}
	var session = str(own.get("session_id", "" if other != "" else _session))
	if session != "":
		fields["session_id"] = session
	for field in ["country", "platform", "device", "build"]:
		var value = str(own.get(field, _options[field]))
		if value != "":
			fields[field] = value
	if own.has("revenue"):
		fields["revenue"] = {"amount": str(own["revenue"][0]), "currency": str(own["revenue"][1])}
	fields["properties"] = properties
	return fields


func _restore() -> void:
	if _opted_out:
		return
	for line in _load("unsent").split("\n", false):
		var record = Wire.read_record(line)
		if record != null:
			_outbox.counts["restored"] += 1
			_outbox.add(record, Platform.steady_ms())
	_store("unsent", "")
