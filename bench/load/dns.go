package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// lookUp sends A queries over one UDP socket to one nameserver, one at a time. Go's resolver would add its own work.
func lookUp(server, pattern string, n int, parts parts) (map[string]any, error) {
	if server == "" {
		var err error
		if server, err = firstNameserver(); err != nil {
			return nil, err
		}
	}
	connection, err := net.Dial("udp", net.JoinHostPort(server, "53"))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	taken := make(times, 0, n)
	codes := map[string]int{}
	answer := make([]byte, 4096)
	for i := range n {
		name := pattern
		if strings.Contains(name, "%d") {
			// Other names in the next round, and in the other clients' runs of this one.
			name = fmt.Sprintf(name, time.Now().UnixNano()%251, i%251, i/251%251)
		}
		query := question(uint16(i), name)
		start := time.Now()
		connection.SetDeadline(start.Add(5 * time.Second))
		if _, err := connection.Write(query); err != nil {
			return nil, err
		}
		for {
			length, err := connection.Read(answer)
			if err != nil {
				return nil, fmt.Errorf("query %d for %s at %s: %w", i, name, server, err)
			}
			if length >= 12 && binary.BigEndian.Uint16(answer) == uint16(i) {
				break
			}
		}
		taken = append(taken, time.Since(start))
		codes[fmt.Sprintf("rcode %d, %d answers", answer[3]&15, binary.BigEndian.Uint16(answer[6:]))]++
	}
	result := parts.of(taken)
	result["answers"] = codes
	result["server"] = server
	return result, nil
}

func question(id uint16, name string) []byte {
	query := binary.BigEndian.AppendUint16(nil, id)
	// Recursion desired, one question, no EDNS: what the resolver of a libc sends.
	query = append(query, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for _, label := range strings.Split(strings.TrimSuffix(name, "."), ".") {
		query = append(query, byte(len(label)))
		query = append(query, label...)
	}
	return append(query, 0, 0, 1, 0, 1)
}

func firstNameserver() (string, error) {
	content, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return "", err
	}
	for _, line := range strings.Split(string(content), "\n") {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "nameserver" {
			return words[1], nil
		}
	}
	return "", fmt.Errorf("/etc/resolv.conf names no nameserver")
}
