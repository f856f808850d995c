// Command probe is the static program of the test images: the client side asks one question and prints the answer, the
// server side answers with what it saw of its peer. It has no libc, so nothing but the kernel stands between it and the
// network: whatever works for it needs no preload library.
package main

import (
	"fmt"
	"os"
	"sort"
)

// A command gets the arguments after its name; its result is the exit code.
type command struct {
	usage string
	run   func(arguments []string) int
}

var commands map[string]command

func init() {
	commands = map[string]command{
		"args":     {"args [WORD...]: the whole argument vector, working directory and pid as JSON", args},
		"env":      {"env NAME: the variable's value; exit 1 where it is not set", env},
		"envdump":  {"envdump [--sha256]: all variables, sorted, each ended by NUL, or the digest of that", envdump},
		"hostname": {"hostname", hostname},
		"uid":      {"uid: user, group and supplementary groups", uid},
		"pid":      {"pid: own and parent's process id", pid},
		"sleep":    {"sleep DURATION: as 5s or 200ms; a bare number is seconds", sleep},
		"exit":     {"exit CODE", exit},
		"signals":  {"signals [CODE]: prints each signal that comes; ends with CODE at SIGTERM", signals},
		"cat":      {"cat FILE...", cat},
		"ls":       {"ls DIRECTORY: names, one a line, sorted", ls},
		"stat":     {"stat FILE: kind, mode, owner, size", stat},
		"write":    {"write FILE TEXT: creates or truncates", write},
		"dns":      {"dns NAME [ip|ip4|ip6]: addresses, one a line, sorted", dns},
		"srv":      {"srv NAME: priority weight port target", srv},
		"ptr":      {"ptr ADDRESS", ptr},
		"txt":      {"txt NAME", txt},
		"mx":       {"mx NAME", mx},
		"cname":    {"cname NAME", cname},
		"get":      {"get URL [HEADER: VALUE...]: body on stdout; exit 1 on failure, 2 on a status of 400 and above", get},
		"tcp":      {"tcp HOST:PORT [TEXT [TIMEOUT]]: 'connected' or errno's name, then milliseconds; the answer to TEXT", tcp},
		"udp":      {"udp HOST:PORT TEXT [TIMEOUT]: the answer, or errno's name", udp},
		"listen":   {"listen PORT|ADDRESS: same as serve http=ADDRESS", listen},
		"serve":    {"serve KIND=ADDRESS...: " + kinds, serve},
		"watch":    {"watch PATH [FILE]: inotify's events as they come, a line each: what, name, what FILE has then", watch},
		"help":     {"help", help},
	}
}

func main() {
	if len(os.Args) < 2 {
		os.Exit(help(nil))
	}
	chosen, known := commands[os.Args[1]]
	if !known {
		fmt.Fprintf(os.Stderr, "probe: unknown command %q\n", os.Args[1])
		os.Exit(64)
	}
	os.Exit(chosen.run(os.Args[2:]))
}

func help([]string) int {
	lines := make([]string, 0, len(commands))
	for _, each := range commands {
		lines = append(lines, "probe "+each.usage)
	}
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	return 0
}

// usage ends a command that was called wrongly.
func usage(name string) int {
	fmt.Fprintln(os.Stderr, "usage: probe "+commands[name].usage)
	return 64
}

func fail(what string, err error) int {
	fmt.Fprintf(os.Stderr, "probe: %s: %v\n", what, err)
	return 1
}
