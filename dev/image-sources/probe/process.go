package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func args([]string) int {
	directory, err := os.Getwd()
	if err != nil {
		directory = err.Error()
	}
	seen := map[string]any{"argv": os.Args, "cwd": directory, "pid": os.Getpid(), "uid": os.Getuid()}
	if err := json.NewEncoder(os.Stdout).Encode(seen); err != nil {
		return fail("args", err)
	}
	return 0
}

func env(arguments []string) int {
	if len(arguments) != 1 {
		return usage("env")
	}
	value, set := os.LookupEnv(arguments[0])
	if !set {
		return 1
	}
	fmt.Println(value)
	return 0
}

func envdump(arguments []string) int {
	variables := os.Environ()
	sort.Strings(variables)
	dump := strings.Join(variables, "\x00") + "\x00"
	if len(arguments) == 1 && arguments[0] == "--sha256" {
		fmt.Printf("%x\n", sha256.Sum256([]byte(dump)))
		return 0
	}
	fmt.Print(dump)
	return 0
}

func hostname([]string) int {
	name, err := os.Hostname()
	if err != nil {
		return fail("hostname", err)
	}
	fmt.Println(name)
	return 0
}

func uid([]string) int {
	groups, _ := os.Getgroups()
	fmt.Printf("uid=%d gid=%d groups=%v\n", os.Getuid(), os.Getgid(), groups)
	return 0
}

func pid([]string) int {
	fmt.Printf("pid=%d ppid=%d\n", os.Getpid(), os.Getppid())
	return 0
}

func duration(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	return time.ParseDuration(text)
}

func sleep(arguments []string) int {
	if len(arguments) != 1 {
		return usage("sleep")
	}
	length, err := duration(arguments[0])
	if err != nil {
		return fail("sleep", err)
	}
	time.Sleep(length)
	return 0
}

func exit(arguments []string) int {
	if len(arguments) != 1 {
		return usage("exit")
	}
	code, err := strconv.Atoi(arguments[0])
	if err != nil {
		return fail("exit", err)
	}
	return code
}

func signals(arguments []string) int {
	code := 0
	if len(arguments) == 1 {
		code, _ = strconv.Atoi(arguments[0])
	}
	incoming := make(chan os.Signal, 16)
	signal.Notify(incoming, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1,
		syscall.SIGUSR2, syscall.SIGWINCH, syscall.SIGCONT, syscall.SIGALRM)
	fmt.Println("ready")
	for received := range incoming {
		fmt.Println(signalName(received.(syscall.Signal)))
		if received == syscall.SIGTERM {
			break
		}
	}
	return code
}

func signalName(received syscall.Signal) string {
	switch received {
	case syscall.SIGTERM:
		return "SIGTERM"
	case syscall.SIGINT:
		return "SIGINT"
	case syscall.SIGHUP:
		return "SIGHUP"
	case syscall.SIGQUIT:
		return "SIGQUIT"
	case syscall.SIGUSR1:
		return "SIGUSR1"
	case syscall.SIGUSR2:
		return "SIGUSR2"
	case syscall.SIGWINCH:
		return "SIGWINCH"
	case syscall.SIGCONT:
		return "SIGCONT"
	case syscall.SIGALRM:
		return "SIGALRM"
	default:
		return fmt.Sprintf("signal %d", int(received))
	}
}
