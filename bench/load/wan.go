package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// wan is a long line between two network devices: it makes two TUN devices and carries packets between them, late and
// with losses, as netem does where a kernel has it (this needs only TUN). Whoever started it moves the devices into the
// namespaces to be joined; both vanish when the process ends.
func wan(deviceA, deviceB string, oneWay time.Duration, loss float64) error {
	a, err := openTun(deviceA)
	if err != nil {
		return err
	}
	b, err := openTun(deviceB)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	ended := make(chan error)
	go func() { ended <- carry(a, b, oneWay, loss) }()
	go func() { ended <- carry(b, a, oneWay, loss) }()
	return <-ended
}

type delayed struct {
	due    time.Time
	packet []byte
}

// At 1,500 bytes a packet this is 48 MB in flight; a fuller line drops, as a router does.
const inFlight = 32768

func carry(from, to *os.File, oneWay time.Duration, loss float64) error {
	line := make(chan delayed, inFlight)
	go func() {
		for d := range line {
			if wait := time.Until(d.due); wait > 0 {
				// Not time.Sleep: the runtime's timers may end up in epoll_wait, which counts in milliseconds.
				rest := syscall.NsecToTimespec(wait.Nanoseconds())
				syscall.Nanosleep(&rest, nil)
			}
			// A device that is not up yet refuses the packet: as lost as any other.
			to.Write(d.packet)
		}
	}()
	room := make([]byte, 64<<10)
	for {
		n, err := from.Read(room)
		if err != nil {
			return err
		}
		if rand.Float64() < loss {
			continue
		}
		select {
		case line <- delayed{time.Now().Add(oneWay), bytes.Clone(room[:n])}:
		default:
		}
	}
}

func openTun(name string) (*os.File, error) {
	fd, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/net/tun: %w", err)
	}
	// struct ifreq of netdevice(7): 16 bytes of name, then the flags of linux/if_tun.h.
	var request struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	const tunSetIff, tun, noPacketInformation = 0x400454ca, 0x1, 0x1000
	copy(request.name[:15], name)
	request.flags = tun | noPacketInformation
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), tunSetIff, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return nil, fmt.Errorf("make TUN device %s: %w", name, errno)
	}
	return os.NewFile(uintptr(fd), name), nil
}
