//go:build unix

package draft

import (
	"fmt"
	"os"
	"syscall"
)

// limit bounds this process for good: seconds of processor time, and bytes of
// memory beyond what it has mapped already.
func limit(seconds, memory int64) error {
	cpu := uint64(seconds)
	if err := syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: cpu, Max: cpu}); err != nil {
		return fmt.Errorf("limit processor time: %w", err)
	}
	data := uint64(mapped() + memory)
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: data, Max: data}); err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	return nil
}

// mapped is how many bytes of data this process has mapped, as Linux counts
// them for RLIMIT_DATA; 0 where that is unknown.
func mapped() int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident, shared, text, lib, data int64
	if _, err := fmt.Sscan(string(statm), &size, &resident, &shared, &text, &lib, &data); err != nil {
		return 0
	}
	return data * int64(os.Getpagesize())
}
