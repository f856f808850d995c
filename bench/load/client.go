package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// client is one end of the path under test. Names are looked up once, before anything is measured.
type client struct {
	http, echo string
	host       string
}

// A measurement that does not end is worse than one that fails.
const patience = 5 * time.Minute

// measureLines carries out one measurement a line, such as "latency -n 5000", until its input ends.
func measureLines(httpAddress, echoAddress string, in io.Reader, out io.Writer) error {
	c := &client{}
	var err error
	if c.http, c.host, err = resolved(httpAddress); err != nil {
		return err
	}
	if c.echo, _, err = resolved(echoAddress); err != nil {
		return err
	}
	answers := json.NewEncoder(out)
	if err := answers.Encode(map[string]any{"ready": c.http}); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		answer, err := c.measure(words[0], words[1:])
		if err != nil {
			answer = map[string]any{"error": err.Error()}
		}
		answer["measurement"] = lines.Text()
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

func resolved(address string) (numeric, host string, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", "", err
	}
	var addresses []string
	for attempt := 0; ; attempt++ {
		if addresses, err = net.LookupHost(host); err == nil {
			return net.JoinHostPort(addresses[0], port), host, nil
		}
		if attempt == 20 {
			return "", "", err
		}
		time.Sleep(250 * time.Millisecond)
	}
}

func (c *client) measure(name string, arguments []string) (map[string]any, error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	n := flags.Int("n", 1000, "how many")
	warmUp := flags.Int("warm-up", 0, "how many of them are not counted")
	first := flags.Int("first", 100, "how many at the start are summed up apart")
	rounds := flags.Int("rounds", 3, "how often on each connection")
	seconds := flags.Float64("seconds", 5, "how long")
	megabits := flags.Float64("megabits", 1000, "how many a second; 0: as many as go")
	sink := flags.String("sink", "", "where to send to")
	mebibytes := flags.Int64("mib", 256, "how much")
	queried := flags.String("name", "", "the name to look up; %d becomes a number, so that each is a new one")
	server := flags.String("server", "", "nameserver; default: the first of resolv.conf")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	parts := parts{first: *first, warmUp: *warmUp}
	switch name {
	case "latency":
		return c.keptAlive(*n, parts)
	case "new-connection":
		return c.newConnections(*n, parts)
	case "download":
		return c.download(*mebibytes << 20)
	case "upload":
		return c.upload(*mebibytes << 20)
	case "beside-download":
		return c.besideDownload(*n, parts)
	case "connections":
		return c.manyConnections(*n, parts)
	case "concurrent":
		return c.concurrent(*n, *seconds)
	case "kept":
		return c.kept(*n, *rounds)
	case "send":
		return send(*sink, *megabits, *seconds)
	case "dns":
		return lookUp(*server, *queried, *n, parts)
	default:
		return nil, fmt.Errorf("unknown measurement %q", name)
	}
}
