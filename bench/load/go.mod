module mirrord.dev/bench/load

go 1.24
