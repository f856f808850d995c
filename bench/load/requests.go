package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// exchange is one HTTP connection on which requests are written in one piece each. net/http's own client would add
// goroutine switches that are no part of the path.
type exchange struct {
	net.Conn
	answers *bufio.Reader
	scratch []byte
}

func (c *client) dial() (*exchange, error) {
	return c.dialWith(256 << 10)
}

// dialSmall is for thousands of connections.
func (c *client) dialSmall() (*exchange, error) {
	return c.dialWith(4 << 10)
}

func (c *client) dialWith(buffer int) (*exchange, error) {
	connection, err := net.DialTimeout("tcp", c.http, 30*time.Second)
	if err != nil {
		return nil, err
	}
	connection.SetDeadline(time.Now().Add(patience))
	return &exchange{connection, bufio.NewReaderSize(connection, buffer), make([]byte, buffer)}, nil
}

// get returns the length of the answer's body, which it has read to its end.
func (e *exchange) get(host, path string) (int64, error) {
	if _, err := fmt.Fprintf(e, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host); err != nil {
		return 0, err
	}
	return e.answer()
}

func (e *exchange) answer() (int64, error) {
	answer, err := http.ReadResponse(e.answers, nil)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("HTTP status %s", answer.Status)
	}
	return io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{answer.Body}, e.scratch)
}

type onlyReader struct{ io.Reader }

func (c *client) keptAlive(n int, parts parts) (map[string]any, error) {
	e, err := c.dial()
	if err != nil {
		return nil, err
	}
	defer e.Close()
	taken, err := c.requests(e, n)
	if err != nil {
		return nil, err
	}
	return parts.of(taken), nil
}

func (c *client) requests(e *exchange, n int) (times, error) {
	taken := make(times, 0, n)
	for i := range n {
		start := time.Now()
		if _, err := e.get(c.host, "/"); err != nil {
			return nil, fmt.Errorf("request %d: %w", i, err)
		}
		taken = append(taken, time.Since(start))
	}
	return taken, nil
}

// newConnections takes the time from the first packet of the connection to the last byte of the answer.
func (c *client) newConnections(n int, parts parts) (map[string]any, error) {
	taken := make(times, 0, n)
	for i := range n {
		start := time.Now()
		e, err := c.dial()
		if err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
		_, err = e.get(c.host, "/")
		taken = append(taken, time.Since(start))
		e.Close()
		if err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return parts.of(taken), nil
}

// besideDownload takes request times while another connection downloads without pause.
func (c *client) besideDownload(n int, parts parts) (map[string]any, error) {
	bulk, err := c.dial()
	if err != nil {
		return nil, err
	}
	defer bulk.Close()
	small, err := c.dial()
	if err != nil {
		return nil, err
	}
	defer small.Close()
	if _, err := fmt.Fprintf(bulk, "GET /download?bytes=%d HTTP/1.1\r\nHost: %s\r\n\r\n", int64(1)<<40, c.host); err != nil {
		return nil, err
	}
	moved := make(chan int64, 1)
	flowing := make(chan struct{})
	go func() {
		var sum int64
		for announced := false; ; {
			read, err := bulk.Read(bulk.scratch)
			sum += int64(read)
			if !announced && sum > 8<<20 || err != nil && !announced {
				announced = true
				close(flowing)
			}
			if err != nil {
				moved <- sum
				return
			}
		}
	}()
	<-flowing
	start := time.Now()
	taken, err := c.requests(small, n)
	seconds := time.Since(start).Seconds()
	bulk.Close()
	sum := <-moved
	if err != nil {
		return nil, err
	}
	answer := parts.of(taken)
	answer["bulkMegabytesPerSecond"] = float64(sum) / 1e6 / seconds
	return answer, nil
}
