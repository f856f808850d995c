package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// serve answers, on each of the HTTP addresses, / with a few bytes, /download?bytes=N with N bytes, /upload with the number of bytes it swallowed.
func serve(echoAddress, sinkAddress string, httpAddresses ...string) error {
	echo, err := net.Listen("tcp", echoAddress)
	if err != nil {
		return err
	}
	go echoForever(echo)
	sink, err := net.Listen("tcp", sinkAddress)
	if err != nil {
		return err
	}
	go sinkForever(sink)

	piece := make([]byte, 256<<10)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "a small answer\n")
	})
	mux.HandleFunc("/download", func(w http.ResponseWriter, r *http.Request) {
		left, err := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Length", strconv.FormatInt(left, 10))
		for left > 0 {
			n, err := w.Write(piece[:min(left, int64(len(piece)))])
			if err != nil {
				return
			}
			left -= int64(n)
		}
	})
	mux.HandleFunc("/{family}/made", answerMade)
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.CopyBuffer(onlyWriter{io.Discard}, r.Body, make([]byte, 256<<10))
		if err != nil {
			return
		}
		io.WriteString(w, strconv.FormatInt(n, 10))
	})
	server := &http.Server{Handler: mux}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	shut := make(chan error, 1)
	go func() {
		<-ended
		// What it has begun to answer, it answers.
		context, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		shut <- server.Shutdown(context)
	}()
	served := make(chan error)
	for _, address := range httpAddresses {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go func() { served <- server.Serve(listener) }()
	}
	if err := <-served; err != http.ErrServerClosed {
		return err
	}
	return <-shut
}

// onlyWriter hides ReadFrom, so that CopyBuffer uses the buffer it is given.
type onlyWriter struct{ io.Writer }

func echoForever(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			piece := make([]byte, 4<<10)
			for {
				n, err := connection.Read(piece)
				if err != nil {
					return
				}
				if _, err := connection.Write(piece[:n]); err != nil {
					return
				}
			}
		}()
	}
}
