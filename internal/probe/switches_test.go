// SPDX-License-Identifier: Apache-2.0

package probe_test

import (
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/probe"
)

func TestExploreSwitches(t *testing.T) {
	s := newStandin(t)
	for _, sw := range s.Switches() {
		values := []string{"on"}
		for _, c := range sw.Choices {
			if c != sw.Default {
				values = append(values, c)
			}
		}
		for _, v := range values {
			s.ClearSwitches()
			s.Set(sw.Name, v)
			x := examine(t, imsAccount(t, s), func(o *probe.Options) { o.Budget = 10 * time.Second; o.Each = 3 * time.Second })
			t.Logf("%-40s %-28s -> %v  %v", sw.Name+"="+v, sw.Check, strings.Join(x.found(), " "), x.took)
		}
	}
}
