package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const kinds = "http (tells peer, headers, request count), tcp and udp (echo after a line with the peer), " +
	"banner (speaks first, closes after the peer), silent (accepts, never answers), reset (accepts, then resets), " +
	"full (listens, never accepts)"

func listen(arguments []string) int {
	if len(arguments) != 1 {
		return usage("listen")
	}
	return serve([]string{"http=" + arguments[0]})
}

func serve(arguments []string) int {
	if len(arguments) == 0 {
		return usage("serve")
	}
	for _, each := range arguments {
		kind, address, _ := strings.Cut(each, "=")
		if !strings.Contains(address, ":") {
			address = ":" + address
		}
		if err := start(kind, address); err != nil {
			return fail("serve "+each, named(err))
		}
		fmt.Fprintf(os.Stderr, "probe: %s on %s\n", kind, address)
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	<-ended
	return 0
}

func start(kind, address string) error {
	if kind == "udp" {
		return startUDP(address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	switch kind {
	case "http":
		startHTTP(listener)
	case "tcp":
		go accept(listener, echo)
	case "banner":
		go accept(listener, func(connection *net.TCPConn) {
			fmt.Fprintf(connection, "220 %s ready for %s\n", self(), connection.RemoteAddr())
			_, _ = io.Copy(io.Discard, connection)
		})
	case "silent":
		go accept(listener, func(connection *net.TCPConn) {
			_, _ = io.Copy(io.Discard, connection)
		})
	case "reset":
		go accept(listener, func(connection *net.TCPConn) {
			_ = connection.SetLinger(0)
		})
	case "full":
	default:
		return fmt.Errorf("unknown kind %q", kind)
	}
	return nil
}

func self() string {
	name, _ := os.Hostname()
	return name
}

func accept(listener net.Listener, handle func(*net.TCPConn)) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "probe: accept:", named(err))
			return
		}
		go func() {
			defer connection.Close()
			handle(connection.(*net.TCPConn))
		}()
	}
}

// echo answers after the peer's half-close too: what was read last still goes back.
func echo(connection *net.TCPConn) {
	fmt.Fprintf(connection, "peer %s\n", connection.RemoteAddr())
	_, _ = io.Copy(connection, connection)
}

func startUDP(address string) error {
	socket, err := net.ListenPacket("udp", address)
	if err != nil {
		return err
	}
	go func() {
		datagram := make([]byte, 65536)
		for {
			length, peer, err := socket.ReadFrom(datagram)
			if err != nil {
				return
			}
			_, _ = socket.WriteTo([]byte(fmt.Sprintf("peer %s\n%s", peer, datagram[:length])), peer)
		}
	}()
	return nil
}

var requests atomic.Int64

func startHTTP(listener net.Listener) {
	routes := http.NewServeMux()
	routes.HandleFunc("/", describe)
	routes.HandleFunc("/status/{code}", status)
	routes.HandleFunc("/bytes/{count}", octets)
	routes.HandleFunc("/slow/{duration}", slow)
	routes.HandleFunc("/env/{name}", variable)
	routes.HandleFunc("/echo", body)
	routes.HandleFunc("/upgrade", upgrade)
	routes.HandleFunc("/count", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, requests.Load())
	})
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := http.Server{Handler: routes, Protocols: protocols}
	go func() { _ = server.Serve(listener) }()
}

func describe(answer http.ResponseWriter, request *http.Request) {
	fmt.Fprintf(answer, "hostname: %s\nservice: %s\npeer: %s\nrequest: %d\nprotocol: %s\nmethod: %s\nurl: %s\nhost: %s\n",
		self(), os.Getenv("SERVICE_NAME"), request.RemoteAddr, requests.Add(1), request.Proto, request.Method,
		request.URL, request.Host)
	names := make([]string, 0, len(request.Header))
	for name := range request.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, value := range request.Header[name] {
			fmt.Fprintf(answer, "header %s: %s\n", name, value)
		}
	}
}

func status(answer http.ResponseWriter, request *http.Request) {
	code, err := strconv.Atoi(request.PathValue("code"))
	if err != nil || code < 200 || code > 599 {
		code = http.StatusBadRequest
	}
	answer.WriteHeader(code)
	if code != http.StatusNoContent && code != http.StatusNotModified {
		fmt.Fprintln(answer, code)
	}
}

func octets(answer http.ResponseWriter, request *http.Request) {
	count, err := strconv.ParseInt(request.PathValue("count"), 10, 64)
	if err != nil || count < 0 {
		http.Error(answer, "count is no number", http.StatusBadRequest)
		return
	}
	answer.Header().Set("Content-Type", "application/octet-stream")
	answer.Header().Set("Content-Length", strconv.FormatInt(count, 10))
	block := make([]byte, 64*1024)
	for index := range block {
		block[index] = byte(index)
	}
	for count > 0 {
		written, err := answer.Write(block[:min(count, int64(len(block)))])
		if err != nil {
			return
		}
		count -= int64(written)
	}
}

func slow(answer http.ResponseWriter, request *http.Request) {
	length, err := duration(request.PathValue("duration"))
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case <-time.After(length):
		fmt.Fprintln(answer, "slept", length)
	case <-request.Context().Done():
	}
}

func variable(answer http.ResponseWriter, request *http.Request) {
	value, set := os.LookupEnv(request.PathValue("name"))
	if !set {
		http.NotFound(answer, request)
		return
	}
	fmt.Fprintln(answer, value)
}

func body(answer http.ResponseWriter, request *http.Request) {
	answer.Header().Set("Content-Type", "application/octet-stream")
	_ = http.NewResponseController(answer).EnableFullDuplex()
	_, _ = io.Copy(answer, request.Body)
}

// upgrade leaves HTTP for a plain echo, as a WebSocket would.
func upgrade(answer http.ResponseWriter, request *http.Request) {
	if !strings.EqualFold(request.Header.Get("Upgrade"), "echo") {
		http.Error(answer, "ask for Upgrade: echo", http.StatusUpgradeRequired)
		return
	}
	connection, buffered, err := http.NewResponseController(answer).Hijack()
	if err != nil {
		http.Error(answer, err.Error(), http.StatusInternalServerError)
		return
	}
	defer connection.Close()
	fmt.Fprint(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	_, _ = io.Copy(connection, bufio.NewReader(buffered))
}
