package decision

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
)

func TestKeyLockSerialises(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var locks keyLocks
		first, err := locks.lock(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		second := make(chan func())
		go func() {
			unlock, _ := locks.lock(t.Context(), "a")
			second <- unlock
		}()
		other, err := locks.lock(t.Context(), "b")
		if err != nil {
			t.Fatal("another key waits too")
		}
		synctest.Wait()
		select {
		case <-second:
			t.Fatal("two hold the same key")
		default:
		}
		first()
		(<-second)()
		other()
		if len(locks.held) != 0 {
			t.Errorf("%d locks are left over", len(locks.held))
		}
	})
}

func TestKeyLockCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var locks keyLocks
		unlock, err := locks.lock(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, err := locks.lock(ctx, "a")
			failed <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-failed; err != context.Canceled {
			t.Errorf("have %v", err)
		}
		unlock()
		if len(locks.held) != 0 {
			t.Errorf("%d locks are left over", len(locks.held))
		}
	})
}

// Each key has its own counter without any other lock: what is lost or raced
// shows as a wrong sum, and under -race as such.
func TestKeyLockMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var locks keyLocks
		var counts [3]int
		for i := range 300 {
			go func() {
				unlock, err := locks.lock(t.Context(), fmt.Sprint(i%3))
				if err != nil {
					t.Error(err)
					return
				}
				counts[i%3]++
				unlock()
			}()
		}
		synctest.Wait()
		if counts != [3]int{100, 100, 100} || len(locks.held) != 0 {
			t.Errorf("turns %v, %d locks are left over", counts, len(locks.held))
		}
	})
}
