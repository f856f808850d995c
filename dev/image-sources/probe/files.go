package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

func cat(arguments []string) int {
	if len(arguments) == 0 {
		return usage("cat")
	}
	for _, name := range arguments {
		file, err := os.Open(name)
		if err != nil {
			return fail("cat", named(err))
		}
		_, err = io.Copy(os.Stdout, file)
		file.Close()
		if err != nil {
			return fail("cat "+name, named(err))
		}
	}
	return 0
}

func ls(arguments []string) int {
	if len(arguments) != 1 {
		return usage("ls")
	}
	entries, err := os.ReadDir(arguments[0])
	if err != nil {
		return fail("ls", named(err))
	}
	for _, entry := range entries {
		fmt.Println(entry.Name())
	}
	return 0
}

func stat(arguments []string) int {
	if len(arguments) != 1 {
		return usage("stat")
	}
	info, err := os.Lstat(arguments[0])
	if err != nil {
		return fail("stat", named(err))
	}
	owner := info.Sys().(*syscall.Stat_t)
	fmt.Printf("mode=%s uid=%d gid=%d size=%d\n", info.Mode(), owner.Uid, owner.Gid, info.Size())
	return 0
}

func write(arguments []string) int {
	if len(arguments) != 2 {
		return usage("write")
	}
	if err := os.WriteFile(arguments[0], []byte(arguments[1]), 0o644); err != nil {
		return fail("write", named(err))
	}
	return 0
}
