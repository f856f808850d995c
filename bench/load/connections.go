package main

import (
	"fmt"
	"io"
	"net"
	"time"
)

// manyConnections opens n connections one after another and keeps them. Each is answered once when it is opened, and
// once more when all are open: a path that drops old ones is found out.
func (c *client) manyConnections(n int, parts parts) (map[string]any, error) {
	open := make([]net.Conn, 0, n)
	defer func() {
		for _, connection := range open {
			// A reset leaves no TIME_WAIT behind that would use up the next round's ports.
			connection.(*net.TCPConn).SetLinger(0)
			connection.Close()
		}
	}()
	taken := make(times, 0, n)
	begin := time.Now()
	for i := range n {
		start := time.Now()
		connection, err := net.DialTimeout("tcp", c.echo, 30*time.Second)
		if err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
		open = append(open, connection)
		connection.SetDeadline(time.Now().Add(patience))
		if err := echoOnce(connection); err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
		taken = append(taken, time.Since(start))
	}
	opened := time.Since(begin)
	lost := 0
	for _, connection := range open {
		if echoOnce(connection) != nil {
			lost++
		}
	}
	answer := parts.of(taken)
	answer["secondsToOpen"] = opened.Seconds()
	answer["lost"] = lost
	return answer, nil
}

func echoOnce(connection net.Conn) error {
	sent := [1]byte{'x'}
	if _, err := connection.Write(sent[:]); err != nil {
		return err
	}
	_, err := io.ReadFull(connection, sent[:])
	return err
}
