package gamemetrics

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strconv"
	"time"
)

// Stats add up: Tracked + Restored = Delivered + Rejected + Dropped + Queued.
type Stats struct {
	Tracked, Restored, Delivered, Warned, Rejected, Dropped, Requests, Failures, Queued int
}

// answer of a server; status 0: there was none.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

type result struct {
	Index   int    `json:"index"`
	Verdict string `json:"verdict"`
	Tag     string `json:"tag"`
	Detail  string `json:"detail"`
}

// outbox is what waits to be sent, what is on its way, and what an answer means for it. Nothing here does input or output or reads a
// clock, so that every rule can be tested.
type outbox struct {
	options      *Options
	queue        []record
	bytes        int
	inFlight     []record
	batchLimit   int
	attempts     int
	notBefore    time.Time
	waitingSince time.Time
	hurry        bool
	stopped      bool
	refusing     string
	counts       Stats
	notices      []any
	random       *rand.Rand
}

func newOutbox(options *Options) *outbox {
	// The global source of Go 1.19 starts at the same number everywhere, which would be no jitter.
	return &outbox{options: options, batchLimit: options.BatchEventsMax, random: rand.New(rand.NewSource(time.Now().UnixNano()))}
}

func (o *outbox) stats() Stats {
	stats := o.counts
	stats.Queued = len(o.queue) + len(o.inFlight)
	return stats
}

func (o *outbox) idle() bool { return len(o.queue) == 0 && len(o.inFlight) == 0 }

func (o *outbox) waiting() []record { return append(append([]record{}, o.inFlight...), o.queue...) }

func (o *outbox) add(one record, now time.Time) {
	if len(one.json) > o.options.EventBytesMax {
		o.drop(one, "event_too_large", fmt.Sprintf("%d bytes", len(one.json)))
		return
	}
	if len(o.queue) == 0 {
		o.waitingSince = now
	}
	o.queue = append(o.queue, one)
	o.bytes += len(one.json)
	o.trim()
}

func (o *outbox) drop(one record, reason, detail string) {
	o.counts.Dropped++
	o.notices = append(o.notices, Dropped{one.id, one.name, reason, detail, false})
}

func (o *outbox) flush() { o.hurry = !o.idle() }

// refuse: from now on nothing is kept: what waits is dropped, what comes back from a failed request, too.
func (o *outbox) refuse(reason string) {
	o.refusing = reason
	for len(o.queue) > 0 {
		o.drop(o.pop(), reason, "")
	}
}

// dueAt is when the next request may start; false when there is nothing to send.
func (o *outbox) dueAt() (time.Time, bool) {
	if o.stopped || len(o.inFlight) > 0 || len(o.queue) == 0 {
		return time.Time{}, false
	}
	full := len(o.queue) >= o.options.FlushEvents || o.bytes >= o.options.FlushBytes
	due := o.waitingSince.Add(o.options.FlushInterval)
	if o.hurry || o.attempts > 0 || full || due.Before(o.notBefore) {
		return o.notBefore, true
	}
	return due, true
}

func (o *outbox) take(now time.Time) []record {
	size := 0
	for len(o.queue) > 0 && len(o.inFlight) < o.batchLimit {
		size += len(o.queue[0].json)
		if len(o.inFlight) > 0 && size > o.options.BatchBytesMax {
			break
		}
		o.inFlight = append(o.inFlight, o.pop())
	}
	o.waitingSince = now
	o.counts.Requests++
	return o.inFlight
}

func (o *outbox) settle(a answer, now time.Time) {
	records := o.inFlight
	o.inFlight = nil
	results, ok := resultsOf(a)
	switch {
	case ok:
		o.delivered(records, results, now)
	case a.status == 413:
		o.tooLarge(records, a)
	case a.status >= 400 && a.status < 500 && a.status != 408 && a.status != 429:
		o.refused(records, a)
	default:
		o.failed(a, true)
		o.putBack(records)
		o.wait(a.retryAfter, now)
	}
	if len(o.queue) == 0 {
		o.hurry = false
	}
}

func (o *outbox) delivered(records []record, results []result, now time.Time) {
	verdicts := make(map[int]result, len(results))
	for _, one := range results {
		verdicts[one.Index] = one
	}
	var again []record
	for i, one := range records {
		switch found := verdicts[i]; found.Verdict {
		case "retry":
			again = append(again, one)
		case "drop":
			o.counts.Rejected++
			o.notices = append(o.notices, Dropped{one.id, one.name, found.Tag, found.Detail, true})
		case "warning":
			o.counts.Warned++
			o.counts.Delivered++
		default:
			o.counts.Delivered++
		}
	}
	o.putBack(again)
	if len(again) > 0 {
		o.wait("", now)
	} else {
		o.calm()
	}
}

func (o *outbox) tooLarge(records []record, a answer) {
	o.failed(a, len(records) > 1)
	if len(records) > 1 {
		o.batchLimit = len(records) / 2
		o.putBack(records)
		o.hurry = true
		return
	}
	// The event that did not fit is gone; its neighbours need not travel alone for it.
	o.drop(records[0], "event_too_large", "the server refuses it")
	o.batchLimit = o.options.BatchEventsMax
}

func (o *outbox) refused(records []record, a answer) {
	failure, reason := o.failed(a, false), fmt.Sprintf("http_%d", a.status)
	if a.status == 401 || a.status == 403 {
		o.stopped, reason = true, "key_refused"
	}
	for _, one := range records {
		o.drop(one, reason, failure.Detail)
	}
	o.calm()
}

func (o *outbox) failed(a answer, willRetry bool) Failure {
	var problem struct{ Code, Detail string }
	_ = json.Unmarshal(a.body, &problem)
	if problem.Code == "" {
		problem.Code = codeOf(a.status)
	}
	failure := Failure{a.status, problem.Code, problem.Detail, willRetry}
	o.counts.Failures++
	o.notices = append(o.notices, failure)
	return failure
}

func (o *outbox) putBack(records []record) {
	if o.refusing != "" {
		for _, one := range records {
			o.drop(one, o.refusing, "")
		}
		return
	}
	o.queue = append(append([]record{}, records...), o.queue...)
	for _, one := range records {
		o.bytes += len(one.json)
	}
	o.trim()
}

// wait has full jitter: clients that failed together do not come back together.
func (o *outbox) wait(retryAfter string, now time.Time) {
	ceiling := o.options.RetryMax
	if o.attempts < 20 && o.options.RetryBase<<o.attempts < ceiling {
		ceiling = o.options.RetryBase << o.attempts
	}
	o.attempts++
	delay := time.Duration(o.random.Int63n(int64(ceiling)))
	if seconds, err := strconv.ParseUint(retryAfter, 10, 31); err == nil {
		asked := time.Duration(seconds) * time.Second
		if asked > o.options.RetryAfterMax {
			asked = o.options.RetryAfterMax
		}
		if asked > delay {
			delay = asked
		}
	}
	o.notBefore = now.Add(delay)
}

func (o *outbox) calm() { o.attempts, o.notBefore = 0, time.Time{} }

func (o *outbox) trim() {
	for len(o.queue) > o.options.QueueEventsMax || o.bytes > o.options.QueueBytesMax {
		o.drop(o.pop(), "queue_full", "")
	}
}

func (o *outbox) pop() record {
	one := o.queue[0]
	o.queue[0] = record{} // or the array behind the slice would keep the text alive
	o.queue = o.queue[1:]
	o.bytes -= len(one.json)
	return one
}

// resultsOf is false unless the server said how many events it took: a hotel's login page also answers 200.
func resultsOf(a answer) ([]result, bool) {
	var body struct {
		Accepted *int     `json:"accepted"`
		Results  []result `json:"results"`
	}
	if a.status < 200 || a.status > 299 || json.Unmarshal(a.body, &body) != nil {
		return nil, false
	}
	return body.Results, body.Accepted != nil
}

func codeOf(status int) string {
	switch {
	case status == 0:
		return "network"
	case status >= 200 && status < 300:
		return "answer_unreadable"
	}
	return fmt.Sprintf("http_%d", status)
}
