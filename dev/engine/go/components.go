//go:build tools

// Package engine pins the current Docker Engine that dev/engine/current builds.
package engine

import (
	_ "github.com/moby/moby/v2/cmd/docker-proxy"
	_ "github.com/moby/moby/v2/cmd/dockerd"
)
