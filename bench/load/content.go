package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// A made answer: everybody who knows its request knows its bytes, so none of them can change unseen.
type made struct {
	seed  uint64
	size  int
	form  string // length, chunked, end (of the connection) or upload (answered by the hash of what came)
	pause time.Duration
}

var forms = []string{"length", "chunked", "end", "upload"}

func (m made) query() string {
	return fmt.Sprintf("seed=%d&size=%d&form=%s&pause=%d", m.seed, m.size, m.form, m.pause.Milliseconds())
}

func madeOf(query url.Values) (made, error) {
	seed, err := strconv.ParseUint(query.Get("seed"), 10, 64)
	if err != nil {
		return made{}, err
	}
	size, err := strconv.Atoi(query.Get("size"))
	if err != nil {
		return made{}, err
	}
	pause, err := strconv.Atoi(query.Get("pause"))
	return made{seed, size, query.Get("form"), time.Duration(pause) * time.Millisecond}, err
}

func (m made) content() []byte {
	bytes := make([]byte, m.size)
	rand.NewChaCha8(sha256.Sum256([]byte(m.query()))).Read(bytes)
	return bytes
}

func hashOf(bytes []byte) string {
	sum := sha256.Sum256(bytes)
	return hex.EncodeToString(sum[:])
}

// answerMade says in a header who answers.
func answerMade(w http.ResponseWriter, r *http.Request) {
	m, err := madeOf(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Served-By", os.Getenv("SERVICE_NAME"))
	if m.form == "upload" {
		got, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		io.WriteString(w, hashOf(got))
		return
	}
	content := m.content()
	flush := http.NewResponseController(w).Flush
	if m.form == "length" {
		w.Header().Set("Content-Length", strconv.Itoa(m.size))
	} else {
		flush()
	}
	half := m.size / 2
	w.Write(content[:half])
	if m.pause > 0 {
		flush()
		time.Sleep(m.pause)
	}
	w.Write(content[half:])
}
