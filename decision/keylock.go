package decision

import (
	"context"
	"sync"
)

// keyLocks serialises work on the same idempotency key within one process.
type keyLocks struct {
	mu   sync.Mutex
	held map[string]*keyLock
}

type keyLock struct {
	turn  chan struct{} // holds one token
	users int
}

// lock waits for the key and returns its release; the context's error if it
// ends first.
func (l *keyLocks) lock(ctx context.Context, key string) (unlock func(), err error) {
	k := l.enter(key)
	select {
	case k.turn <- struct{}{}:
		return func() { <-k.turn; l.leave(key, k) }, nil
	case <-ctx.Done():
		l.leave(key, k)
		return nil, ctx.Err()
	}
}

func (l *keyLocks) enter(key string) *keyLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[string]*keyLock{}
	}
	k := l.held[key]
	if k == nil {
		k = &keyLock{turn: make(chan struct{}, 1)}
		l.held[key] = k
	}
	k.users++
	return k
}

func (l *keyLocks) leave(key string, k *keyLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 {
		delete(l.held, key)
	}
}
