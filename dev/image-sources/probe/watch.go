package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
)

var eventNames = []string{"ACCESS", "MODIFY", "ATTRIB", "CLOSE_WRITE", "CLOSE", "OPEN", "MOVED_FROM", "MOVED_TO", "CREATE", "DELETE",
	"DELETE_SELF", "MOVE_SELF", "", "UNMOUNT", "OVERFLOW", "IGNORED"}

// watch tells of inotify's events as programs in Go hear of them: an instance that does not block, read by the runtime's poller.
func watch(arguments []string) int {
	if len(arguments) < 1 || len(arguments) > 2 {
		return usage("watch")
	}
	number, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		return fail("inotify_init1", named(err))
	}
	const wanted = syscall.IN_ATTRIB | syscall.IN_CLOSE_WRITE | syscall.IN_CREATE | syscall.IN_DELETE | syscall.IN_DELETE_SELF |
		syscall.IN_MODIFY | syscall.IN_MOVED_FROM | syscall.IN_MOVED_TO
	events := os.NewFile(uintptr(number), "inotify")
	if _, err := syscall.InotifyAddWatch(number, arguments[0], wanted); err != nil {
		return fail("inotify_add_watch "+arguments[0], named(err))
	}
	fmt.Println("watching " + arguments[0])
	buffer := make([]byte, 64<<10)
	for {
		length, err := events.Read(buffer)
		if err != nil {
			return fail("read", named(err))
		}
		for at := 0; at < length; {
			mask := binary.NativeEndian.Uint32(buffer[at+4:])
			size := int(binary.NativeEndian.Uint32(buffer[at+12:]))
			name := strings.TrimRight(string(buffer[at+syscall.SizeofInotifyEvent:at+syscall.SizeofInotifyEvent+size]), "\x00")
			fmt.Printf("%s %s%s\n", eventName(mask), name, content(arguments[1:]))
			at += syscall.SizeofInotifyEvent + size
		}
	}
}

func eventName(mask uint32) string {
	for bit, name := range eventNames {
		if mask&(1<<bit) != 0 {
			return name
		}
	}
	return fmt.Sprintf("%#x", mask)
}

// content is that of the file, if one is named: whoever hears of a change reads what has changed.
func content(file []string) string {
	if len(file) == 0 {
		return ""
	}
	text, err := os.ReadFile(file[0])
	if err != nil {
		return " " + named(err).Error()
	}
	return " [" + strings.TrimSpace(string(text)) + "]"
}
