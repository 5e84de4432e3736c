// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

// server lists what must hold of how usher itself runs.
func server() []doctor.Check {
	loop, after := doctor.SymptomLoginLoop, doctor.SymptomErrorAfterLogin
	e, w := usher.SeverityError, usher.SeverityWarning
	return []doctor.Check{
		{Code: "session-idle", Layer: doctor.LayerFile, Severity: w, Holds: "sessions end by idleness before they end anyway", Reads: doctor.Config, Judge: sessionIdle},
		{Code: "session-lifetime", Layer: doctor.LayerFile, Severity: w, Holds: "sessions last a working day, not a month", Reads: doctor.Config,
			Explains: doctor.Signs{loop: doctor.Rarely}, Judge: sessionLifetime},
		{Code: "database-in-memory", Layer: doctor.LayerFile, Severity: w, Holds: "sessions survive a restart", Reads: doctor.Config,
			Explains: doctor.Signs{loop: doctor.Rarely}, Judge: databaseInMemory},
		{Code: "instance-url-local", Layer: doctor.LayerFile, Severity: e, Holds: "operators on other machines can reach the instance", Reads: doctor.Config,
			Explains: doctor.Signs{usher.SymptomRedirectedToAdobe: doctor.Rarely}, Judge: instanceURLLocal},
		{Code: "file-unreadable", Layer: doctor.LayerProcess, Severity: e, Holds: "every file that the configuration points to can be read", Reads: doctor.Config | doctor.Files,
			Explains: doctor.Signs{after: doctor.Rarely}, Judge: fileUnreadable},
		{Code: "ca-file", Layer: doctor.LayerProcess, Severity: e, Holds: "the file of further authorities holds some", Reads: doctor.Config | doctor.Files,
			After: codes("file-unreadable"), Explains: doctor.Signs{after: doctor.Sometimes}, Judge: caFile},
		{Code: "gateway-certificate", Layer: doctor.LayerProcess, Severity: e, Holds: "the gateway's certificate fits its key, its name and the date", Reads: doctor.Config | doctor.Files | doctor.Today,
			After: codes("file-unreadable"), Explains: doctor.Signs{usher.SymptomLoginPageUnreachable: doctor.Rarely}, Judge: gatewayCertificate},
		{Code: "file-exposed", Layer: doctor.LayerProcess, Severity: w, Holds: "nobody else on the machine can read a secret's file", Reads: doctor.Config, May: doctor.Files, Judge: fileExposed},
		{Code: usher.CodeSessionStoreDown, Layer: doctor.LayerProcess, Severity: e, Holds: "the database answers", Person: "The site cannot keep sign-ins at the moment. Please try again in a few minutes.",
			Reads: doctor.Config | doctor.Store, Explains: doctor.Signs{after: doctor.Likely, loop: doctor.Sometimes}, Judge: storeDown},
		{Code: "database-schema", Layer: doctor.LayerProcess, Severity: e, Holds: "the database has the form that this program wants", Reads: doctor.Config | doctor.Store,
			After: codes(usher.CodeSessionStoreDown), Explains: doctor.Signs{after: doctor.Sometimes}, Judge: databaseSchema},
		{Code: "database-read-only", Layer: doctor.LayerProcess, Severity: e, Holds: "the database can be written", Reads: doctor.Config | doctor.Store,
			After: codes(usher.CodeSessionStoreDown), Explains: doctor.Signs{after: doctor.Likely, loop: doctor.Likely}, Judge: databaseReadOnly},
		{Code: "database-disk", Layer: doctor.LayerProcess, Severity: w, Holds: "there is room for the database to grow", Reads: doctor.Config | doctor.Store,
			Explains: doctor.Signs{after: doctor.Rarely}, Judge: databaseDisk},
		{Code: "reload-refused", Layer: doctor.LayerProcess, Severity: e, Holds: "no gateway has refused the newest file", Reads: doctor.Config | doctor.Nodes, Judge: reloadRefused},
		{Code: "nodes-database", Layer: doctor.LayerProcess, Severity: e, Holds: "all gateways share one database", Reads: doctor.Config | doctor.Nodes,
			Explains: doctor.Signs{loop: doctor.Likely, after: doctor.Likely}, Judge: nodesDatabase},
		{Code: "nodes-rules", Layer: doctor.LayerProcess, Severity: e, Holds: "all gateways run the same rules and hold the same secrets", Reads: doctor.Config | doctor.Nodes, May: doctor.History,
			Explains: doctor.Signs{usher.SymptomNoRightMatching: doctor.Sometimes, after: doctor.Sometimes, loop: doctor.Rarely}, Judge: nodesRules},
		{Code: "nodes-keys", Layer: doctor.LayerProcess, Severity: e, Holds: "all gateways share one key file", Reads: doctor.Config | doctor.Nodes,
			Explains: doctor.Signs{loop: doctor.Likely, after: doctor.Likely}, Judge: nodesKeys},
		{Code: "nodes-version", Layer: doctor.LayerProcess, Severity: w, Holds: "all gateways run the same program", Reads: doctor.Config | doctor.Nodes, Judge: nodesVersion},
		{Code: "nodes-same-name", Layer: doctor.LayerProcess, Severity: e, Holds: "every gateway has a name of its own", Reads: doctor.Config | doctor.Nodes, Judge: nodesSameName},
		{Code: "process-twice", Layer: doctor.LayerProcess, Severity: w, Holds: "one gateway runs the file on this machine", Reads: doctor.Config | doctor.Surroundings, Judge: processTwice},
	}
}

func sessionIdle(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	s := cfg.Server.Session
	if s.Idle <= s.Lifetime {
		return nil
	}
	return []doctor.Ruling{doctor.Fail("session", "a session ends after %s in any case, so the idle limit of %s never counts", span(s.Lifetime), span(s.Idle)).
		Found(doctor.Say("idle %s", span(s.Idle)), doctor.Say("less than the lifetime %s", span(s.Lifetime))).At(cfg.At("server.session.idle")).
		Mend(set(cfg, "server.session.idle", span(s.Lifetime)), "write %s or less", span(s.Lifetime))}
}

// span writes a duration as people do: 30m, 10h.
func span(d time.Duration) string {
	text := d.String()
	if t, ok := strings.CutSuffix(text, "m0s"); ok {
		text = t + "m"
	}
	if t, ok := strings.CutSuffix(text, "h0m"); ok {
		text = t + "h"
	}
	return text
}

// Sessions outside of these are hardly meant.
const (
	longestLifetime = 7 * 24 * time.Hour
	shortestIdle    = 2 * time.Minute
)

func sessionLifetime(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	s := cfg.Server.Session
	switch {
	case s.Lifetime > longestLifetime:
		return []doctor.Ruling{doctor.Fail("session", "a session lasts for %s: whoever was taken out of a group meanwhile is judged by old membership", span(s.Lifetime)).
			Found(span(s.Lifetime), doctor.Say("a day or so")).At(cfg.At("server.session.lifetime")).
			Mend(set(cfg, "server.session.lifetime", "10h"), "write 10h, a working day")}
	case s.Idle < shortestIdle:
		return []doctor.Ruling{doctor.Fail("session", "a session ends after %s without a request: people will sign in again and again", span(s.Idle)).
			Found(span(s.Idle), doctor.Say("some minutes at least")).At(cfg.At("server.session.idle")).
			Mend(set(cfg, "server.session.idle", "30m"), "write 30m")}
	}
	return nil
}

func databaseInMemory(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if cfg.Server.Database != "sqlite::memory:" || cfg.Instance.Environment == usher.Development {
		return nil
	}
	return []doctor.Ruling{doctor.Fail("database", "the database is kept in memory: every restart signs everybody out and forgets every attempt").
		Found("sqlite::memory:", doctor.Say("a file")).At(cfg.At("server.database")).
		Mend(set(cfg, "server.database", "sqlite:usher.db"), "write sqlite:usher.db")}
}

func instanceURLLocal(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	host := hostOf(cfg.Instance.URL)
	if cfg.Instance.Environment == usher.Development || !usher.Loopback(host) {
		return nil
	}
	return []doctor.Ruling{doctor.Fail(cfg.Instance.Name, "the instance's address is this machine's own: nobody else can reach it").
		Found(cfg.Instance.URL, doctor.Say("the address that operators use")).At(cfg.At("instance.url")).
		Elsewhere("write the address that operators use, or environment: development")}
}

func fileUnreadable(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, f := range e.Files() {
		if f.Unsure != "" {
			out = append(out, doctor.Unsure(f.Name, doctor.Say("not known: whether the gateway can read %s (%s)", f.Name, doctor.Say(f.Unsure)),
				doctor.Say("usher doctor %s, on the gateway's machine, as the user that usher runs as", cfg.File)))
		}
		if f.Fault != "" {
			out = append(out, doctor.Fail(f.Name, "the file %s cannot be read", f.Name).Found(doctor.Heard(f.Fault), doctor.Say("a file that usher may read")).At(cfg.At(f.Key)).
				Elsewhere("create it, correct the name, or give it to the user that usher runs as"))
		}
	}
	return out
}

func caFile(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, f := range e.Files() {
		if f.Key != "server.ca_file" || f.Fault != "" || f.Unsure != "" || slices.ContainsFunc(f.Certificates, func(c doctor.Certificate) bool { return c.Authority }) {
			continue
		}
		saw := doctor.Say("no certificate of an authority")
		if f.Encoding != "" {
			saw = doctor.Say("%s, %s", saw, doctor.Heard(f.Encoding))
		}
		out = append(out, doctor.Fail(f.Name, "the file of further authorities holds none").Found(saw, doctor.Say("PEM certificates of authorities")).At(cfg.At(f.Key)).
			Elsewhere("convert it: openssl x509 -inform der -in FILE -out FILE.pem; a server's own certificate is no authority"))
	}
	return out
}

func gatewayCertificate(e *doctor.Evidence) []doctor.Ruling {
	cfg, now := e.Config(), e.Now()
	var out []doctor.Ruling
	for _, f := range e.Files() {
		r := doctor.Fail(f.Name, "the gateway's own certificate cannot be used").At(cfg.At(f.Key))
		switch {
		case f.Fault != "", f.Unsure != "":
		case f.Key == "server.tls.key_file" && f.KeyFits != nil && !*f.KeyFits:
			out = append(out, r.Found(doctor.Say("the key of another certificate"), doctor.Say("the key of server.tls.cert_file")).Elsewhere("put certificate and key of one and the same request there"))
		case f.Key != "server.tls.cert_file":
		case len(f.Certificates) == 0:
			out = append(out, r.Found(doctor.Say("no certificate"), doctor.Say("the certificate and its chain, PEM")).Elsewhere("write the certificate in PEM form, the intermediates after it"))
		default:
			if bad, ok := judgeOwn(r, f.Certificates[0], hostOf(cfg.Server.PublicURL), now); ok {
				out = append(out, bad)
			}
		}
	}
	return out
}

func judgeOwn(r doctor.Ruling, c doctor.Certificate, host string, now time.Time) (doctor.Ruling, bool) {
	valid := doctor.Say("valid from %s to %s", day(c.NotBefore), day(c.NotAfter))
	switch {
	case now.After(c.NotAfter) || now.Before(c.NotBefore):
		return r.Found(valid, doctor.Say("a certificate that is valid now")).Elsewhere("renew it"), true
	case !namesHost(c.Names, host):
		return r.Found(strings.Join(c.Names, ", "), host).Elsewhere("have the certificate made for %s", host), true
	case c.NotAfter.Sub(now) < soon:
		r.Severity = usher.SeverityWarning
		r.Message = doctor.Say("the gateway's own certificate expires on %s", day(c.NotAfter))
		return r.Found(valid, doctor.Say("three weeks left at least")).Elsewhere("renew it"), true
	}
	return doctor.Ruling{}, false
}

func namesHost(names []string, host string) bool {
	for _, n := range names {
		n = strings.ToLower(n)
		if n == host {
			return true
		}
		if tail, ok := strings.CutPrefix(n, "*."); ok {
			if _, rest, found := strings.Cut(host, "."); found && rest == tail {
				return true
			}
		}
	}
	return false
}

func storeDown(e *doctor.Evidence) []doctor.Ruling {
	cfg, s := e.Config(), e.Store()
	if s.Reachable {
		return nil
	}
	r := doctor.Fail("database", "the database does not answer").Found(orNothing(s.Fault), doctor.Say("an answer")).At(cfg.At("server.database"))
	if s.Full {
		return []doctor.Ruling{r.Elsewhere("make room: sign-ins fail when the disk is full").Since("database-disk")}
	}
	return []doctor.Ruling{r.Elsewhere("start the database, or correct its address: %s", cfg.Server.DatabaseShown())}
}

func orNothing(s string) doctor.Phrase {
	if s == "" {
		return doctor.Say("no answer")
	}
	return doctor.Heard(s)
}

func databaseSchema(e *doctor.Evidence) []doctor.Ruling {
	cfg, s := e.Config(), e.Store()
	if s.Schema <= s.Wanted {
		return nil
	}
	return []doctor.Ruling{doctor.Fail("database", "a newer usher has changed the database; this one would not understand it").
		With("the program starts the older form up by itself, never the newer one down").
		Found(doctor.Say("form %d", s.Schema), doctor.Say("form %s at most", itoa(s.Wanted))).At(cfg.At("server.database")).
		Elsewhere("run the newer program everywhere, or restore the backup from before")}
}

func databaseReadOnly(e *doctor.Evidence) []doctor.Ruling {
	cfg, s := e.Config(), e.Store()
	if s.Writable {
		return nil
	}
	r := doctor.Fail("database", "the database can be read but not written: no sign-in can be kept").Found(orNothing(s.Fault), doctor.Say("a row written and read back")).
		At(cfg.At("server.database"))
	switch {
	case s.Full:
		r = r.Elsewhere("make room: sign-ins fail when the disk is full").Since("database-disk")
	case s.Held:
		r = r.Elsewhere("end the program that holds the database: a backup, a tool, a copy of usher")
	default:
		r = r.Elsewhere("give the file and its folder to the user that usher runs as; for PostgreSQL, connect to the primary")
	}
	return []doctor.Ruling{r}
}

// leastRoom is how much a database should be able to grow.
const leastRoom = 64 << 20

func databaseDisk(e *doctor.Evidence) []doctor.Ruling {
	cfg, s := e.Config(), e.Store()
	r := doctor.Fail("database", "the disk of the database is nearly full")
	switch {
	case s.Full:
		r = doctor.Fail("database", "the disk of the database is full: nobody can sign in")
		r.Severity = usher.SeverityError
	case s.FreeBytes < 0 || s.FreeBytes >= leastRoom:
		return nil
	}
	saw := doctor.Say("no room for a row")
	if s.FreeBytes >= 0 && (!s.Full || s.FreeBytes < leastRoom) {
		saw = doctor.Say("%s MiB free", itoa(int(s.FreeBytes>>20)))
	}
	return []doctor.Ruling{r.Found(saw, doctor.Say("64 MiB at least")).
		At(cfg.At("server.database")).Elsewhere("make room: sign-ins fail when the disk is full")}
}

func reloadRefused(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, n := range e.Nodes() {
		if n.Refused == "" {
			continue
		}
		out = append(out, doctor.Fail(n.Name, "the gateway %s read the file anew and kept the old one", n.Name).Found(doctor.Heard(n.Refused), doctor.Say("a file that can be put in force")).
			At(usher.Place{File: cfg.File}).Elsewhere("correct the file: usher doctor %s says where", cfg.File))
	}
	return out
}

// oddOnes lists the nodes that differ from the first.
func oddOnes(nodes []doctor.Node, of func(doctor.Node) string) []doctor.Node {
	var out []doctor.Node
	for _, n := range nodes {
		if of(n) != of(nodes[0]) {
			out = append(out, n)
		}
	}
	return out
}

func nodesDatabase(e *doctor.Evidence) []doctor.Ruling {
	cfg, nodes := e.Config(), e.Nodes()
	var out []doctor.Ruling
	if len(nodes) > 1 && nodes[0].Engine == "sqlite" && oddOnes(nodes, func(n doctor.Node) string { return n.Database }) == nil {
		return nil // one machine, one file
	}
	for _, n := range oddOnes(nodes, func(n doctor.Node) string { return n.Database }) {
		out = append(out, doctor.Fail(n.Name, "the gateway %s keeps its sign-ins in another database: a sign-in begun there cannot be finished elsewhere", n.Name).
			Found(n.Database, nodes[0].Database).At(cfg.At("server.database")).Elsewhere("let all gateways use one database; PostgreSQL where they run on several machines"))
	}
	return out
}

func nodesVersion(e *doctor.Evidence) []doctor.Ruling {
	cfg, nodes := e.Config(), e.Nodes()
	var out []doctor.Ruling
	for _, n := range oddOnes(nodes, func(n doctor.Node) string { return n.Version }) {
		out = append(out, doctor.Fail(n.Name, "the gateway %s runs another version of the program", n.Name).Found(n.Version, nodes[0].Version).
			At(usher.Place{File: cfg.File}).Elsewhere("finish the upgrade"))
	}
	return out
}

func processTwice(e *doctor.Evidence) []doctor.Ruling {
	var out []doctor.Ruling
	for _, s := range e.Surroundings() {
		if len(s.Others) == 0 {
			continue
		}
		var ids []string
		for _, id := range s.Others {
			ids = append(ids, itoa(id))
		}
		out = append(out, doctor.Fail(s.Process, "several gateways run this file on one machine").Found(doctor.Say("also process %s", strings.Join(ids, ", ")), doctor.Say("one process")).
			At(usher.Place{File: e.Config().File}).Elsewhere("stop the one that nothing supervises; a forgotten one keeps the old configuration alive"))
	}
	return out
}
