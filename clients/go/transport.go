package gamemetrics

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	answerBytesMax = 1 << 20
	// The server takes a body that shrinks more than a hundredfold for an attack.
	gzipRatioMax = 50
)

type transport struct {
	url    string
	client *http.Client
}

func newTransport(host string, timeout time.Duration) (*transport, error) {
	parsed, err := url.Parse(host)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return nil, errors.New("gamemetrics: host must look like https://events.example.com")
	}
	// A redirect would turn the POST into a GET.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &transport{strings.TrimRight(host, "/") + "/v1/events", &http.Client{Timeout: timeout, CheckRedirect: stay}}, nil
}

// pack returns the body and whether it is compressed.
func pack(body []byte, gzipBytesMin int) ([]byte, bool) {
	if len(body) < gzipBytesMin {
		return body, false
	}
	var small bytes.Buffer
	writer := gzip.NewWriter(&small)
	_, failed := writer.Write(body)
	if writer.Close() != nil || failed != nil || small.Len()*gzipRatioMax < len(body) {
		return body, false
	}
	return small.Bytes(), true
}

func (t *transport) post(key string, body []byte, zipped bool) answer {
	request, err := http.NewRequest(http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return answer{}
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "gamemetrics-go/0.1.0")
	if zipped {
		request.Header.Set("Content-Encoding", "gzip")
	}
	// Ours to repeat and count: the standard client must not do it silently.
	request.GetBody = nil
	response, err := t.client.Do(request)
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, answerBytesMax))
	if err != nil {
		return answer{}
	}
	return answer{response.StatusCode, response.Header.Get("Retry-After"), text}
}
