package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"time"
)

const block = 256 << 10

// send sends megabits a second for so long, or as fast as it goes where megabits is 0, and tells the hash of what it sent and
// of what the other side says it got.
func send(address string, megabits, seconds float64) (map[string]any, error) {
	connection, err := net.DialTimeout("tcp", address, 30*time.Second)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(patience))
	hash := sha256.New()
	piece := made{seed: 1, size: block}.content()
	begin := time.Now()
	var sent int64
	for number := uint64(0); time.Since(begin).Seconds() < seconds; number++ {
		if megabits > 0 {
			due := begin.Add(time.Duration(float64(sent) * 8 / (megabits * 1e6) * float64(time.Second)))
			time.Sleep(time.Until(due))
		}
		binary.BigEndian.PutUint64(piece, number)
		hash.Write(piece)
		if _, err := connection.Write(piece); err != nil {
			return nil, err
		}
		sent += block
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		return nil, err
	}
	said, err := io.ReadAll(connection)
	if err != nil {
		return nil, err
	}
	taken := time.Since(begin).Seconds()
	return map[string]any{
		"bytes": sent, "seconds": taken, "megabitsPerSecond": float64(sent) * 8 / 1e6 / taken,
		"sha256": hex.EncodeToString(hash.Sum(nil)), "answer": string(said),
	}, nil
}

// sinkForever answers each connection with what it got of it, and says the same on stdout.
func sinkForever(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			hash := sha256.New()
			bytes, err := io.CopyBuffer(onlyWriter{hash}, onlyReader{connection}, make([]byte, block))
			said := fmt.Sprintf("%d %s", bytes, hex.EncodeToString(hash.Sum(nil)))
			if err != nil {
				said = fmt.Sprintf("%d broken: %v", bytes, err)
			}
			fmt.Println("sink:", said)
			io.WriteString(connection, said)
		}()
	}
}
