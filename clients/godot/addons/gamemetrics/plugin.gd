@tool
extends EditorPlugin
# Makes the node available to the whole game as `GameMetrics`.


func _enter_tree() -> void:
	add_autoload_singleton("GameMetrics", "res://addons/gamemetrics/gamemetrics.gd")


func _exit_tree() -> void:
	remove_autoload_singleton("GameMetrics")
