// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// Some that speak PostgreSQL's protocol know no LISTEN. A wire that breaks when
// that word is said carries the news of an ended session from one node to
// another all the same.
func TestNewsNeedNoListen(t *testing.T) {
	for _, word := range []string{"LISTEN", "NOTIFY", "listen", "notify"} {
		w, dsn := wired(t)
		w.mu.Lock()
		w.word = word
		w.mu.Unlock()
		one, other := open(t, dsn, store.Options{}), open(t, dsn, store.Options{})
		must(t, one.PutSession(t.Context(), someone("ended")))
		before := time.Now()
		must(t, one.EndSession(t.Context(), "ended", time.Now()))
		ids, err := other.Ended(t.Context(), before)
		if err != nil || len(ids) != 1 || ids[0] != "ended" {
			t.Errorf("news of what was ended: %v, %v", ids, err)
		}
		w.mu.Lock()
		if w.word != word {
			t.Errorf("%s was said", word)
		}
		w.mu.Unlock()
	}
}
