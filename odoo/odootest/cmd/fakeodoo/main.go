// Command fakeodoo runs the fake Odoo as a process of its own, for tests that
// kill and benchmarks that load. It listens on loopback only, prints its URL,
// and with -log has every effect on disk before it answers.
//
// Faults can be changed while it runs:
//
//	curl -d '[{"kind":"reset","after":true,"writes":true,"probability":0.05}]' $URL/_fake/faults
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"assent/odoo/odootest"
)

type settings struct {
	addr, log, state string
	version, orders  int
	latency          time.Duration
	seed             uint64
}

func main() {
	var c settings
	flag.StringVar(&c.addr, "addr", "127.0.0.1:0", "loopback address to listen on; port 0 takes a free one")
	flag.IntVar(&c.version, "version", 18, "Odoo version: 16, 17, 18 or 19")
	flag.IntVar(&c.orders, "orders", 100, "quotations to start with")
	flag.StringVar(&c.log, "log", "", "file for the write log, continued if it exists")
	flag.StringVar(&c.state, "state", "", "file to load records from, and to save them to on SIGTERM")
	flag.DurationVar(&c.latency, "latency", 0, "time every call takes")
	flag.Uint64Var(&c.seed, "seed", 1, "seed of the faults with a probability")
	flag.Parse()
	if err := run(c); err != nil {
		fmt.Fprintln(os.Stderr, "fakeodoo:", err)
		os.Exit(1)
	}
}

func run(c settings) error {
	if c.version < 16 || c.version > 19 {
		return errors.New("-version must be 16, 17, 18 or 19")
	}
	opts := odootest.Options{Version: c.version, Latency: c.latency, Rand: rand.New(rand.NewPCG(c.seed, c.seed))}
	if c.log != "" {
		log, err := odootest.OpenLog(c.log)
		if err != nil {
			return err
		}
		defer log.Close()
		opts.Log = log
	}
	s := odootest.New(opts)
	s.Demo(c.orders)
	if err := load(s, c.state); err != nil {
		return err
	}
	if err := s.Up(c.addr); err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	fmt.Println(s.URL()) // from here on it can be called, and stopped
	<-stop
	s.Down()
	return save(s, c.state)
}

// load takes the records of an earlier run, if there was one.
func load(s *odootest.Server, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	return s.Load(file)
}

// save replaces the file at once, so that it is never half written.
func save(s *odootest.Server, path string) error {
	if path == "" {
		return nil
	}
	file, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	if err := errors.Join(s.Save(file), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
