package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A failure is an exchange that did not end as it had to. Times are seconds since 1970.
type failure struct {
	Opened  float64 `json:"opened"` // when its connection was there
	Asked   float64 `json:"asked"`
	Failed  float64 `json:"failed"`
	Family  string  `json:"family"`
	Form    string  `json:"form"`
	Outcome string  `json:"outcome"` // connect, reset, ended, cut, altered, status, other
	Got     int     `json:"got"`     // bytes of the answer
	Number  int     `json:"number"`  // of the request on its connection
	Before  string  `json:"before"`  // who answered on this connection before
	Text    string  `json:"text"`
}

// checker asks without end, on kept and on new connections, and compares each answer to the last byte.
type checker struct {
	address  string
	families []string
	stop     atomic.Bool
	mutex    sync.Mutex
	answered map[string]int // by family and who answered
	failures []failure
}

// check asks http://ADDRESS/FAMILY/made?… until its input ends. Its lines of input: "report" prints what was since the last
// report, "who FAMILY" prints who answers there now.
func check(arguments []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	kept := flags.Int("kept", 4, "connections that are kept")
	fresh := flags.Int("fresh", 2, "askers on new connections")
	families := flags.String("families", "others", "first parts of the paths")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	address, _, err := resolved(flags.Arg(0))
	if err != nil {
		return err
	}
	c := &checker{address: address, families: strings.Split(*families, ","), answered: map[string]int{}}
	var askers sync.WaitGroup
	asker := func(most int) {
		defer askers.Done()
		c.ask(most)
	}
	askers.Add(*kept + *fresh)
	for range *kept {
		go asker(200)
	}
	for range *fresh {
		go asker(1)
	}
	answers := json.NewEncoder(out)
	answers.Encode(map[string]any{"ready": address})
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		switch words := strings.Fields(lines.Text()); words[0] {
		case "report":
			answers.Encode(c.report())
		case "who":
			answers.Encode(map[string]any{"who": c.who(words[1])})
		}
	}
	c.stop.Store(true)
	askers.Wait()
	return lines.Err()
}

func (c *checker) report() map[string]any {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	report := map[string]any{"answered": c.answered, "failures": c.failures}
	c.answered, c.failures = map[string]int{}, nil
	return report
}

// who is "nobody" where there is no whole answer.
func (c *checker) who(family string) string {
	connection, err := net.DialTimeout("tcp", c.address, 2*time.Second)
	if err != nil {
		return "nobody"
	}
	defer connection.Close()
	connection.SetDeadline(time.Now().Add(2 * time.Second))
	e := &asking{Conn: connection, answers: bufio.NewReader(connection)}
	served, _, err := e.exchange(family, made{size: 10, form: "length"})
	if err != nil {
		return "nobody"
	}
	return served
}

// ask makes connections of at most `most` requests each.
func (c *checker) ask(most int) {
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	for !c.stop.Load() {
		asked := now()
		connection, err := net.DialTimeout("tcp", c.address, 10*time.Second)
		if err != nil {
			c.failed(failure{Asked: asked, Outcome: "connect", Text: err.Error()})
			continue
		}
		c.askOn(connection, most, random)
		connection.Close()
	}
}

func (c *checker) askOn(connection net.Conn, most int, random *rand.Rand) {
	e := &asking{Conn: connection, answers: bufio.NewReader(connection), opened: now(), most: most}
	for ; e.number < most && !c.stop.Load(); e.number++ {
		family := c.families[random.IntN(len(c.families))]
		m := anyOf(random)
		asked := now()
		connection.SetDeadline(time.Now().Add(20 * time.Second))
		served, going, err := e.exchange(family, m)
		if err != nil {
			c.failed(failure{e.opened, asked, now(), family, m.form, outcomeOf(err), e.got, e.number, e.before, err.Error()})
			return
		}
		c.mutex.Lock()
		c.answered[family+" "+served]++
		c.mutex.Unlock()
		e.before = served
		if !going {
			return
		}
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
	}
}

func anyOf(random *rand.Rand) made {
	sizes := []int{0, 1, 200, 200, 1500, 5000, 60_000, 300_000}
	m := made{seed: random.Uint64(), size: sizes[random.IntN(len(sizes))], form: forms[random.IntN(len(forms))]}
	if random.IntN(8) == 0 {
		m.pause = time.Duration(random.IntN(200)) * time.Millisecond
	}
	return m
}

func (c *checker) failed(f failure) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if f.Failed == 0 {
		f.Failed = now()
	}
	if len(c.failures) < 2000 {
		c.failures = append(c.failures, f)
	}
}

// asking is one connection.
type asking struct {
	net.Conn
	answers *bufio.Reader
	opened  float64
	most    int
	number  int
	got     int
	before  string
}

var (
	errAltered = errors.New("altered")
	errCut     = errors.New("ended early")
	errStatus  = errors.New("status")
)

// exchange returns who answered, and whether the connection can go on.
func (e *asking) exchange(family string, m made) (string, bool, error) {
	e.got = 0
	method, version, body := "GET", "1.1", []byte(nil)
	switch m.form {
	case "upload":
		method, body = "POST", m.content()
	case "end":
		version = "1.0"
	}
	request := fmt.Sprintf("%s /%s/made?%s HTTP/%s\r\nHost: check\r\n", method, family, m.query(), version)
	if method == "POST" {
		request += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if e.most == 1 && version == "1.1" {
		request += "Connection: close\r\n"
	}
	if _, err := e.Write(append([]byte(request+"\r\n"), body...)); err != nil {
		return "", false, err
	}
	if _, err := e.answers.Peek(1); err != nil {
		return "", false, err
	}
	e.got = 1
	answer, err := http.ReadResponse(e.answers, nil)
	if err != nil {
		return "", false, err
	}
	got, err := io.ReadAll(answer.Body)
	e.got += len(got)
	if err != nil {
		return "", false, err
	}
	if answer.StatusCode != http.StatusOK {
		return "", false, fmt.Errorf("%w %s", errStatus, answer.Status)
	}
	expected := m.content()
	if m.form == "upload" {
		expected = []byte(hashOf(expected))
	}
	if !bytes.Equal(got, expected) {
		kind := errAltered
		if bytes.HasPrefix(expected, got) {
			kind = errCut
		}
		return "", false, fmt.Errorf("%w: %d bytes of %d", kind, len(got), len(expected))
	}
	return answer.Header.Get("Served-By"), !answer.Close && m.form != "end", nil
}

// outcomeOf tells a loud end, a reset, from one that looks like the other side's wish: cut is an answer that ended early and
// looks complete, short one of which the client knows that something is missing.
func outcomeOf(err error) string {
	switch {
	case errors.Is(err, errCut):
		return "cut"
	case errors.Is(err, errAltered):
		return "altered"
	case errors.Is(err, errStatus):
		return "status"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "short"
	case errors.Is(err, io.EOF):
		return "ended"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	default:
		return "other"
	}
}

func now() float64 {
	return float64(time.Now().UnixMicro()) / 1e6
}
