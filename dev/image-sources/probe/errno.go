package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

var errnoNames = map[syscall.Errno]string{
	syscall.EACCES:        "EACCES",
	syscall.EADDRINUSE:    "EADDRINUSE",
	syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL",
	syscall.EAFNOSUPPORT:  "EAFNOSUPPORT",
	syscall.EAGAIN:        "EAGAIN",
	syscall.EBADF:         "EBADF",
	syscall.ECONNABORTED:  "ECONNABORTED",
	syscall.ECONNREFUSED:  "ECONNREFUSED",
	syscall.ECONNRESET:    "ECONNRESET",
	syscall.EEXIST:        "EEXIST",
	syscall.EHOSTUNREACH:  "EHOSTUNREACH",
	syscall.EINVAL:        "EINVAL",
	syscall.EIO:           "EIO",
	syscall.EISDIR:        "EISDIR",
	syscall.ELOOP:         "ELOOP",
	syscall.EMSGSIZE:      "EMSGSIZE",
	syscall.ENETUNREACH:   "ENETUNREACH",
	syscall.ENOENT:        "ENOENT",
	syscall.ENOSPC:        "ENOSPC",
	syscall.ENOSYS:        "ENOSYS",
	syscall.ENOTCONN:      "ENOTCONN",
	syscall.ENOTDIR:       "ENOTDIR",
	syscall.ENOTEMPTY:     "ENOTEMPTY",
	syscall.EPERM:         "EPERM",
	syscall.EPIPE:         "EPIPE",
	syscall.EROFS:         "EROFS",
	syscall.ETIMEDOUT:     "ETIMEDOUT",
}

// errnoName is the symbol a C programmer would see; "timeout" where our own patience ended, not the kernel's.
func errnoName(err error) string {
	var number syscall.Errno
	var lookup *net.DNSError
	switch {
	case errors.As(err, &number):
		if name, known := errnoNames[number]; known {
			return name
		}
		return fmt.Sprintf("errno%d", int(number))
	case errors.As(err, &lookup):
		switch {
		case lookup.IsNotFound:
			return "not-found"
		case lookup.IsTimeout:
			return "dns-timeout"
		default:
			return "dns-failure"
		}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, io.EOF):
		return "EOF"
	default:
		var netError net.Error
		if errors.As(err, &netError) && netError.Timeout() {
			return "timeout"
		}
		return err.Error()
	}
}

// named puts the errno's name before the text.
func named(err error) error {
	return fmt.Errorf("%s: %w", errnoName(err), err)
}
