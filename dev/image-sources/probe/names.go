package main

import (
	"context"
	"fmt"
	"net"
	"sort"
	"time"
)

// query prints the lines of one lookup, sorted, or fails with the reason's name.
func query(name string, arguments []string, lookup func(context.Context, string) ([]string, error)) int {
	if len(arguments) < 1 {
		return usage(name)
	}
	patience, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	lines, err := lookup(patience, arguments[0])
	if err != nil {
		return fail(name, named(err))
	}
	sort.Strings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	return 0
}

func dns(arguments []string) int {
	network := "ip"
	if len(arguments) == 2 {
		network = arguments[1]
	}
	return query("dns", arguments, func(patience context.Context, name string) ([]string, error) {
		addresses, err := net.DefaultResolver.LookupIP(patience, network, name)
		lines := make([]string, 0, len(addresses))
		for _, address := range addresses {
			lines = append(lines, address.String())
		}
		return lines, err
	})
}

func srv(arguments []string) int {
	return query("srv", arguments, func(patience context.Context, name string) ([]string, error) {
		_, records, err := net.DefaultResolver.LookupSRV(patience, "", "", name)
		lines := make([]string, 0, len(records))
		for _, each := range records {
			lines = append(lines, fmt.Sprintf("%d %d %d %s", each.Priority, each.Weight, each.Port, each.Target))
		}
		return lines, err
	})
}

func mx(arguments []string) int {
	return query("mx", arguments, func(patience context.Context, name string) ([]string, error) {
		records, err := net.DefaultResolver.LookupMX(patience, name)
		lines := make([]string, 0, len(records))
		for _, each := range records {
			lines = append(lines, fmt.Sprintf("%d %s", each.Pref, each.Host))
		}
		return lines, err
	})
}

func ptr(arguments []string) int { return query("ptr", arguments, net.DefaultResolver.LookupAddr) }

func txt(arguments []string) int { return query("txt", arguments, net.DefaultResolver.LookupTXT) }

func cname(arguments []string) int {
	return query("cname", arguments, func(patience context.Context, name string) ([]string, error) {
		canonical, err := net.DefaultResolver.LookupCNAME(patience, name)
		return []string{canonical}, err
	})
}
