module mirrord.dev/dev/engine/current

go 1.24.0

require github.com/moby/moby/v2 v2.0.0-beta.24
