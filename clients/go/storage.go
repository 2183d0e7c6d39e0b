package gamemetrics

import (
	"os"
	"path/filepath"
)

// Storage keeps a few short texts over restarts; an empty value removes.
type Storage interface {
	Get(name string) string
	Set(name, value string)
}

// FileStorage is one small file per value in a folder of this program's own. Two programs must not share the folder.
type FileStorage string

// Get returns "" for what is not there.
func (s FileStorage) Get(name string) string {
	text, err := os.ReadFile(filepath.Join(string(s), name))
	if err != nil {
		return ""
	}
	return string(text)
}

// Set ignores a disk that refuses: no reason to stop a game.
func (s FileStorage) Set(name, value string) {
	path := filepath.Join(string(s), name)
	if value == "" {
		_ = os.Remove(path)
		return
	}
	if os.MkdirAll(string(s), 0o700) == nil && os.WriteFile(path+".new", []byte(value), 0o600) == nil {
		_ = os.Rename(path+".new", path)
	}
}
