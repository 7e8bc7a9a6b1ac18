package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
)

// peakKiB is the most memory that this process has held so far. Linux only.
func peakKiB() (int64, error) {
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			var kib int64
			_, err := fmt.Sscan(rest, &kib)
			return kib, err
		}
	}
	return 0, errors.New("no peak of memory in /proc/self/status")
}
