package main

import (
	"cmp"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"

	"assent/policy"
)

// Config is what every command knows about the installation. Each flag is
// also ASSENT_<NAME>, and a key of the --config file.
type Config struct {
	ConfigFile kong.ConfigFlag `name:"config" placeholder:"FILE" help:"JSON file with flags by name."`
	Dir        string          `default:"assent-data" placeholder:"DIR" help:"Where the installation keeps its files."`
	Store      string          `placeholder:"URL" help:"postgres://… or sqlite:FILE; default is assent.db in --dir."`
	Secrets    string          `placeholder:"FILE" help:"Audit, master and identity keys; default is keys.json in --dir. Back it up apart from the database."`
	BaseURL    string          `name:"base-url" placeholder:"URL" help:"How people reach the console; default is the listening address."`
	Odoo       odooConfig      `embed:"" prefix:"odoo-"`
	Policy     policyConfig    `embed:"" prefix:"policy-"`
	LogLevel   slog.Level      `default:"info" help:"debug, info, warn or error."`
	LogJSON    bool            `name:"log-json" help:"Log JSON lines."`
}

// policyConfig says how long a policy may take.
type policyConfig struct {
	Deadline time.Duration `placeholder:"50ms" help:"Most that one evaluation may take; past it a person is asked. A policy takes well under a millisecond."`
}

func (c policyConfig) deadline() time.Duration { return cmp.Or(c.Deadline, policy.DefaultDeadline) }

// odooConfig says how to reach the Odoo instance.
type odooConfig struct {
	URL         string            `placeholder:"URL" help:"Base URL of Odoo; without it requests must bring their fields and nothing is executed."`
	DB          string            `placeholder:"NAME" help:"Database."`
	User        string            `placeholder:"LOGIN" help:"Login of the bot user."`
	Key         string            `placeholder:"KEY" help:"API key of the bot user. Better in ASSENT_ODOO_KEY or --odoo-key-file than on the command line."`
	KeyFile     string            `placeholder:"FILE" help:"File that holds the API key."`
	Users       map[string]odooID `placeholder:"ROLE=ID" help:"res.users that activities for a role go to, e.g. finance=7;warehouse_lead=9; those for another role go to the bot user."`
	Rate        float64           `default:"5" help:"Calls a second, at most."`
	Concurrency int               `default:"4" help:"Calls at once, at most."`
	Timeout     time.Duration     `default:"60s" help:"Patience with one call; Odoo itself retries for up to a minute."`
	Lease       time.Duration     `default:"4m" help:"How long an attempt without a receipt counts as under way; half of it is for Odoo to finish what was handed over."`
}

// odooID is the id of a record as somebody wrote it, in a file as a number or as
// text. Whether it is one is told by the flag that wants it.
type odooID string

// UnmarshalJSON takes what comes; Kong gives it the text of a flag, too.
func (id *odooID) UnmarshalJSON(text []byte) error {
	*id = odooID(strings.Trim(string(text), `"`))
	return nil
}

// key reads the API key from where it was given.
func (o odooConfig) key() (string, error) {
	if o.KeyFile == "" {
		return o.Key, nil
	}
	b, err := os.ReadFile(o.KeyFile)
	return strings.TrimSpace(string(b)), err
}

// storeURL is the store with its default filled in.
func (c *Config) storeURL() string {
	if c.Store != "" {
		return c.Store
	}
	return "sqlite:" + filepath.Join(c.Dir, "assent.db")
}

// storeName is the store without its password, for people and logs.
func (c *Config) storeName() string {
	u, err := url.Parse(c.storeURL())
	if err != nil || u.Scheme == "sqlite" {
		return c.storeURL()
	}
	return u.Redacted()
}

func (c *Config) secretsFile() string {
	if c.Secrets != "" {
		return c.Secrets
	}
	return filepath.Join(c.Dir, "keys.json")
}

func (c *Config) checkpointsFile() string { return filepath.Join(c.Dir, "checkpoints.ndjson") }

func (p *process) logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: p.config.LogLevel}
	if p.config.LogJSON {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}

// newID gives a UUIDv7: ids sort by the time they were made.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// moduleVersion is the version of the release, or of the sources it was built
// from.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return strings.Trim(info.Main.Version, "()")
}

// codeRevision names the code that runs: decisions say which release made
// them.
func codeRevision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return revisionIn(info)
}

// revisionIn is the commit that was built, with a mark when the sources were
// not quite its own; else the version of the module.
func revisionIn(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	revision := settings["vcs.revision"]
	switch {
	case revision == "":
		return strings.Trim(info.Main.Version, "()")
	case settings["vcs.modified"] == "true":
		return revision + "+changed"
	}
	return revision
}
