package gamemetrics

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

const (
	nameBytesMax = 200
	timeLayout   = "2006-01-02T15:04:05.000Z"
)

// Revenue of an event; Amount is a decimal in major units ("4.99").
type Revenue struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// Event is an event with everything that it may name itself.
type Event struct {
	Name       string
	Properties map[string]any
	Revenue    *Revenue
	// PlayerID is for servers that speak for many players: such an event belongs to no session of this client.
	PlayerID, SessionID string
	Time                time.Time
	Context             Context
}

// record is one event as it will be sent, however often that takes.
type record struct {
	id, name string
	json     []byte
}

type wireEvent struct {
	ID         string         `json:"event_id"`
	Event      string         `json:"event"`
	Player     string         `json:"player_id"`
	Time       string         `json:"time"`
	Session    string         `json:"session_id,omitempty"`
	Country    string         `json:"country,omitempty"`
	Platform   string         `json:"platform,omitempty"`
	Device     string         `json:"device,omitempty"`
	Build      string         `json:"build,omitempty"`
	Revenue    *Revenue       `json:"revenue,omitempty"`
	Properties map[string]any `json:"properties"`
}

// uuid7 is RFC 9562: 48 bits of time, then random.
func uuid7(now time.Time) string {
	var raw [16]byte
	_, _ = rand.Read(raw[6:])
	ms := now.UnixMilli()
	for i := 0; i < 6; i++ {
		raw[i] = byte(ms >> (40 - 8*i))
	}
	raw[6] = 0x70 | raw[6]&0x0f
	raw[8] = 0x80 | raw[8]&0x3f
	return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
}

func isoTime(t time.Time) string { return t.UTC().Format(timeLayout) }

func nameProblem(name string) string {
	if name == "" {
		return "event_name_missing"
	}
	if len(name) > nameBytesMax {
		return "event_name_too_long"
	}
	return ""
}

// encode turns numbers that JSON does not have into null. A value's own marshaller may panic; that is an error here.
func (e wireEvent) encode() (text []byte, err error) {
	defer func() {
		if found := recover(); found != nil {
			err = fmt.Errorf("%v", found)
		}
	}()
	if e.Properties == nil {
		e.Properties = map[string]any{}
	}
	text, err = json.Marshal(e)
	var unsupported *json.UnsupportedValueError
	if errors.As(err, &unsupported) {
		e.Properties, _ = finite(e.Properties, 0).(map[string]any)
		return json.Marshal(e)
	}
	return text, err
}

// finite stops at a depth no server takes, for the value may contain itself.
func finite(value any, depth int) any {
	if depth > 64 {
		return value
	}
	switch v := value.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case float32:
		return finite(float64(v), depth)
	case map[string]any:
		clean := make(map[string]any, len(v))
		for name, item := range v {
			clean[name] = finite(item, depth+1)
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, item := range v {
			clean[i] = finite(item, depth+1)
		}
		return clean
	}
	return value
}

// readRecord reads a line that an earlier run saved; false when the file was damaged.
func readRecord(line string) (record, bool) {
	var event wireEvent
	err := json.Unmarshal([]byte(line), &event)
	return record{event.ID, event.Event, []byte(line)}, err == nil && event.ID != "" && event.Event != ""
}

func envelope(records []record, sent time.Time) []byte {
	var body bytes.Buffer
	fmt.Fprintf(&body, `{"sent_at":"%s","events":[`, isoTime(sent))
	for i, one := range records {
		if i > 0 {
			body.WriteByte(',')
		}
		body.Write(one.json)
	}
	body.WriteString("]}")
	return body.Bytes()
}
