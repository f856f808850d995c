package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

func patience(arguments []string, index int) (time.Duration, error) {
	if len(arguments) <= index {
		return 30 * time.Second, nil
	}
	return duration(arguments[index])
}

func get(arguments []string) int {
	if len(arguments) < 1 {
		return usage("get")
	}
	request, err := http.NewRequest(http.MethodGet, arguments[0], nil)
	if err != nil {
		return fail("get", err)
	}
	for _, header := range arguments[1:] {
		name, value, _ := strings.Cut(header, ":")
		request.Header.Set(name, strings.TrimSpace(value))
	}
	client := http.Client{Timeout: 60 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return fail("get", named(err))
	}
	defer response.Body.Close()
	if _, err := io.Copy(os.Stdout, response.Body); err != nil {
		return fail("get", named(err))
	}
	if response.StatusCode >= 400 {
		fmt.Fprintf(os.Stderr, "probe: get: status %d\n", response.StatusCode)
		return 2
	}
	return 0
}

// tcp tells how connect ended and how long that took, then, with a text, what came back until the peer closed.
func tcp(arguments []string) int {
	if len(arguments) < 1 {
		return usage("tcp")
	}
	timeout, err := patience(arguments, 2)
	if err != nil {
		return fail("tcp", err)
	}
	start := time.Now()
	connection, err := net.DialTimeout("tcp", arguments[0], timeout)
	took := time.Since(start).Milliseconds()
	if err != nil {
		fmt.Printf("%s %d\n", errnoName(err), took)
		return 1
	}
	defer connection.Close()
	fmt.Printf("connected %d\n", took)
	if len(arguments) < 2 || arguments[1] == "" {
		return 0
	}
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return fail("tcp", named(err))
	}
	if _, err := io.WriteString(connection, arguments[1]); err != nil {
		return fail("tcp write", named(err))
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		return fail("tcp shutdown", named(err))
	}
	if _, err := io.Copy(os.Stdout, connection); err != nil {
		return fail("tcp read", named(err))
	}
	return 0
}

func udp(arguments []string) int {
	if len(arguments) < 2 {
		return usage("udp")
	}
	timeout, err := patience(arguments, 2)
	if err != nil {
		return fail("udp", err)
	}
	connection, err := net.Dial("udp", arguments[0])
	if err != nil {
		fmt.Println(errnoName(err))
		return 1
	}
	defer connection.Close()
	answer := make([]byte, 65536)
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return fail("udp", named(err))
	}
	if _, err := io.WriteString(connection, arguments[1]); err != nil {
		fmt.Println(errnoName(err))
		return 1
	}
	length, err := connection.Read(answer)
	if err != nil {
		fmt.Println(errnoName(err))
		return 1
	}
	fmt.Printf("%s\n", answer[:length])
	return 0
}
