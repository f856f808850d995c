package main

import (
	"io"
	"net"
	"net/http"
	"strconv"
)

// serve answers / with a few bytes, /download?bytes=N with N bytes, /upload with the number of bytes it swallowed.
func serve(httpAddress, echoAddress string) error {
	echo, err := net.Listen("tcp", echoAddress)
	if err != nil {
		return err
	}
	go echoForever(echo)

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
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.CopyBuffer(onlyWriter{io.Discard}, r.Body, make([]byte, 256<<10))
		if err != nil {
			return
		}
		io.WriteString(w, strconv.FormatInt(n, 10))
	})
	return http.ListenAndServe(httpAddress, mux)
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
