module mirrord.dev/dev/images/probe

go 1.24.0
