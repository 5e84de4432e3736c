// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/usher-signin/usher/internal/doctor"
)

// Variables gives the environment variables that change how a process reaches
// others, by their names in capitals, passwords left out.
func Variables(getenv func(string) string) map[string]string {
	out := make(map[string]string)
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE"} {
		for _, spelled := range []string{name, strings.ToLower(name)} {
			if v := getenv(spelled); v != "" {
				out[name] = withoutPassword(v)
				break
			}
		}
	}
	return out
}

// withoutPassword leaves user and password out of an address.
func withoutPassword(address string) string {
	if !strings.Contains(address, "@") {
		return address
	}
	whole := address
	if !strings.Contains(address, "://") {
		whole = "http://" + address
	}
	u, err := url.Parse(whole)
	if err != nil || u.User == nil {
		return "[an address with a password]"
	}
	u.User = nil
	return u.String()
}

func surrounding(process string, variables map[string]string) doctor.Surrounding {
	return doctor.Surrounding{Process: process, HTTPSProxy: variables["HTTPS_PROXY"], HTTPProxy: variables["HTTP_PROXY"],
		NoProxy: variables["NO_PROXY"], CertFile: variables["SSL_CERT_FILE"]}
}

// surroundings gathers the environment of this command, and of each running
// gateway as it says itself; of those on this machine also which further
// processes run the same file.
func (w *world) surroundings(ctx context.Context) *doctor.Seen[[]doctor.Surrounding] {
	records, err := w.readRecords(ctx)
	if err != nil {
		return unseen[[]doctor.Surrounding](w, err.Error())
	}
	if len(records.running) == 0 {
		return unseen[[]doctor.Surrounding](w, noneRuns)
	}
	all := []doctor.Surrounding{surrounding("this command", Variables(w.Getenv))}
	told := make(map[string]bool) // by file: it is said once that several serve it
	for _, n := range records.running {
		s := surrounding("gateway "+n.Name, n.About.Surround)
		if n.About.Process > 0 && onThisMachine(n) && !told[n.About.File] {
			s.Others = slices.DeleteFunc(serving(n.About.File), func(id int) bool { return id == n.About.Process })
			told[n.About.File] = len(s.Others) > 0
		}
		all = append(all, s)
	}
	return known(w, all)
}
