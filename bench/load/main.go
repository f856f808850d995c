// Command load is both ends of the whole-path benchmarks: a server in the cluster and a client that runs, the same
// binary, in a pod, on the host or in a container. It has no dependencies, so that it is static and starts at once.
//
//	load server [PORT...]  answers on :8080, :8082 and the given ports (HTTP) and :8081 (TCP echo), swallows on :8083, until it is ended
//	load client ADDRESS ECHO   reads one measurement a line from stdin, prints one JSON object a line on stdout
//	load check ADDRESS     asks for made answers without end and compares each byte (check.go)
//	load wan DEVICE DEVICE DELAY LOSS   joins two new TUN devices by a slow line (wan.go)
//	load true              ends with 0 at once
//	load sleep             waits until it is ended
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return fmt.Errorf("say server, client, check, wan, sleep or true")
	}
	switch arguments[0] {
	case "server":
		http := []string{":8080", ":8082"}
		for _, port := range arguments[1:] {
			http = append(http, ":"+port)
		}
		return serve(":8081", ":8083", http...)
	case "client":
		if len(arguments) != 3 {
			return fmt.Errorf("say: load client HTTP-ADDRESS ECHO-ADDRESS")
		}
		return measureLines(arguments[1], arguments[2], os.Stdin, os.Stdout)
	case "check":
		return check(arguments[1:], os.Stdin, os.Stdout)
	case "wan":
		if len(arguments) != 5 {
			return fmt.Errorf("say: load wan DEVICE DEVICE ONE-WAY-DELAY LOSS, as in: load wan a b 20ms 0.01")
		}
		oneWay, err := time.ParseDuration(arguments[3])
		if err != nil {
			return err
		}
		loss, err := strconv.ParseFloat(arguments[4], 64)
		if err != nil {
			return err
		}
		return wan(arguments[1], arguments[2], oneWay, loss)
	case "sleep":
		ended := make(chan os.Signal, 1)
		signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
		<-ended
		return nil
	case "true":
		return nil
	default:
		return fmt.Errorf("unknown command %q", arguments[0])
	}
}
