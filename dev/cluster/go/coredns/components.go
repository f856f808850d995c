//go:build tools

// Package coredns pins the cluster DNS server that the test node runs; dev/cluster/up builds it.
package coredns

import _ "github.com/coredns/coredns"
