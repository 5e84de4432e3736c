// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// act is what an administrator does to sessions.
func act(subject string) store.Act {
	return store.Act{Actor: "usher session end by root", Action: "session-ended", Subject: subject, Detail: func(n int) string { return fmt.Sprint(n, " sessions") }}
}

// actsAreWhole ends sessions in each way: what was ended is on record, and where
// it cannot be recorded nothing is ended.
func actsAreWhole(t fixture) {
	ctx := t.Context()
	for name, end := range map[string]func(login string, act store.Act) (int, error){
		"a login":  func(login string, act store.Act) (int, error) { return t.db.EndLoginBy(ctx, login, start, act) },
		"a person": func(login string, act store.Act) (int, error) { return t.db.EndPerson(ctx, "p", login, start, act) },
		"all":      func(_ string, act store.Act) (int, error) { return t.db.EndAll(ctx, start.Add(time.Hour), act) },
	} {
		login := "login of " + name
		for i := range 3 {
			s := session(fmt.Sprint(name, i), login, start)
			s.Person.Provider, s.Person.Subject = "p", login
			t.must(t.db.PutSession(ctx, s))
		}
		// What is too long is refused after the sessions were ended, before the commit.
		tooLong := act(strings.Repeat("x", 1<<20))
		if _, err := end(login, tooLong); err == nil {
			t.Fatalf("%s: an act that cannot be recorded is done", name)
		}
		if open, err := t.db.Sessions(ctx, store.SessionFilter{Login: login}); err != nil || len(open) != 3 {
			t.Errorf("%s: after an act that could not be recorded %d sessions are open, %v; wanted 3", name, len(open), err)
		}
		if n, err := end(login, act(name)); err != nil || n != 3 {
			t.Errorf("%s: ended %d, %v; wanted 3", name, n, err)
		}
		if list, err := t.db.Events(ctx, store.EventFilter{Subject: name}); err != nil || len(list) != 1 || list[0].Detail != "3 sessions" || list[0].Actor != "usher session end by root" || list[0].Action != "session-ended" {
			t.Errorf("%s: the record holds %+v, %v", name, list, err)
		}
		t.must2(end(login, act(name)))
		list, err := t.db.Events(ctx, store.EventFilter{Subject: name})
		if again := map[string]int{"all": 2}[name]; err != nil || len(list) != max(1, again) {
			t.Errorf("%s: where nothing was open the record holds %d acts, %v", name, len(list), err)
		}
	}
	if list, err := t.db.Events(ctx, store.EventFilter{Action: "session-ended"}); err != nil || len(list) != 4 {
		t.Errorf("the record holds %d acts, %v; wanted 4", len(list), err)
	}
}

func (f fixture) must2(_ int, err error) {
	f.Helper()
	f.must(err)
}
