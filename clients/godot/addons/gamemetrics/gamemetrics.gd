extends Node
# Gives the client the engine's network, frames and life cycle: GameMetrics.begin(host, key).level_start(1)

const ClientCore = preload("core/game_events.gd")

var client: ClientCore = null
var _http: HTTPRequest
var _busy := false


# Call once. `options` are those of docs/sdk-spec.md, by their names there.
func begin(host: String, write_key: String, options := {}) -> ClientCore:
	var defaults := {
		"storage_dir": "user://gamemetrics",
		"platform": OS.get_name().to_lower(),
		"device": OS.get_model_name(),
		"build": str(ProjectSettings.get_setting("application/config/version", "")),
	}
	defaults.merge(options, true)
	client = ClientCore.new(host, write_key, defaults)
	client.dropped.connect(_on_dropped)
	client.failed.connect(_on_failed)
	_http = HTTPRequest.new()
	_http.timeout = client.request_timeout_ms() / 1000.0
	_http.max_redirects = 0
	_http.use_threads = OS.has_feature("threads")
	_http.request_completed.connect(_on_completed)
	add_child(_http)
	process_mode = Node.PROCESS_MODE_ALWAYS
	return client


func _process(_delta: float) -> void:
	if client == null or _busy:
		return
	var due := client.take_due()
	if due.is_empty():
		return
	_busy = true
	if _http.request_raw(due["url"], PackedStringArray(due["headers"]), HTTPClient.METHOD_POST, due["body"]) != OK:
		_busy = false
		client.complete(0, "", "")


func _on_completed(result: int, status: int, headers: PackedStringArray, body: PackedByteArray) -> void:
	_busy = false
	if client == null:
		return
	var answered := result == HTTPRequest.RESULT_SUCCESS or result == HTTPRequest.RESULT_REDIRECT_LIMIT_REACHED
	client.complete(status if answered else 0, _retry_after(headers), body.get_string_from_utf8() if answered else "")


func _retry_after(headers: PackedStringArray) -> String:
	for header in headers:
		if header.to_lower().begins_with("retry-after:"):
			return header.substr("retry-after:".length()).strip_edges()
	return ""


func _notification(what: int) -> void:
	if client == null:
		return
	# A phone may end a game in the background without another word: this is the last safe moment.
	if what == NOTIFICATION_APPLICATION_PAUSED:
		client.flush()
		client.save()
	# No frames follow in which a request could finish: the rest is saved, and sent at the next start with the same ids.
	if what == NOTIFICATION_EXIT_TREE:
		client.prepare_to_close()
		client.close()
		client = null


func _on_dropped(info: Dictionary) -> void:
	push_warning("gamemetrics: event dropped: %s: %s %s" % [info["event"], info["reason"], info["detail"]])


func _on_failed(info: Dictionary) -> void:
	push_warning("gamemetrics: sending failed: %d %s %s" % [info["status"], info["code"], info["detail"]])
