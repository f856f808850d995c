package main

import (
	"fmt"
	"time"
)

func (c *client) download(bytes int64) (map[string]any, error) {
	e, err := c.dial()
	if err != nil {
		return nil, err
	}
	defer e.Close()
	start := time.Now()
	got, err := e.get(c.host, fmt.Sprintf("/download?bytes=%d", bytes))
	if err != nil {
		return nil, err
	}
	if got != bytes {
		return nil, fmt.Errorf("%d of %d bytes arrived", got, bytes)
	}
	return throughput(bytes, time.Since(start)), nil
}

func (c *client) upload(bytes int64) (map[string]any, error) {
	e, err := c.dial()
	if err != nil {
		return nil, err
	}
	defer e.Close()
	start := time.Now()
	if _, err := fmt.Fprintf(e, "POST /upload HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", c.host, bytes); err != nil {
		return nil, err
	}
	for left := bytes; left > 0; {
		n, err := e.Write(e.scratch[:min(left, int64(len(e.scratch)))])
		if err != nil {
			return nil, fmt.Errorf("after %d of %d bytes: %w", bytes-left, bytes, err)
		}
		left -= int64(n)
	}
	// The answer says that the server has seen the last byte.
	if _, err := e.answer(); err != nil {
		return nil, err
	}
	return throughput(bytes, time.Since(start)), nil
}

func throughput(bytes int64, taken time.Duration) map[string]any {
	return map[string]any{
		"bytes": bytes, "seconds": taken.Seconds(), "megabytesPerSecond": float64(bytes) / 1e6 / taken.Seconds(),
	}
}
