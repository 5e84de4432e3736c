// SPDX-License-Identifier: Apache-2.0

package session

import (
	"sync"
	"testing"
)

// TestTableHoldsWhatItWasGiven compares a table that has room with a plain map.
func TestTableHoldsWhatItWasGiven(t *testing.T) {
	d := newPacker(t)
	for _, most := range []int{100, 64 * shards} {
		table, want := newTable(most), map[key]*Live{}
		keys := make([]key, 50)
		for i := range keys {
			keys[i] = d.key()
		}
		hits, misses := 0, 0
		for range 5000 {
			k := keys[d.IntN(len(keys))]
			switch d.IntN(20) {
			case 0:
				table.drop(k)
				delete(want, k)
			case 1:
				if d.IntN(10) == 0 {
					table.clear()
					clear(want)
				}
			case 2, 3, 4:
				l := &Live{begun: d.Int64()}
				table.put(k, l)
				want[k] = l
			case 5:
				over := func(l *Live) bool { return l.begun%7 == 0 }
				table.dropWhere(over)
				for k, l := range want {
					if over(l) {
						delete(want, k)
					}
				}
			default:
				got, ok := table.get(k)
				if wanted, there := want[k]; got != wanted || ok != there {
					t.Fatalf("a table of %d gives %p, %v; wanted %p, %v", most, got, ok, wanted, there)
				}
				if ok {
					hits++
				} else {
					misses++
				}
			}
			if table.size() != len(want) {
				t.Fatalf("a table of %d holds %d; wanted %d", most, table.size(), len(want))
			}
		}
		if hit, miss := table.asked(); hit != hits || miss != misses || hits < 100 || misses < 100 {
			t.Errorf("a table of %d counts %d and %d; wanted %d and %d", most, hit, miss, hits, misses)
		}
	}
}

// TestTableIsBounded puts far more in than there is room for: what was put in
// last is there, and so is as much of the rest as there is room for.
func TestTableIsBounded(t *testing.T) {
	d := newPacker(t)
	for _, most := range []int{1, 10, 64 * shards, 200_000} {
		if testing.Short() && most > 64*shards {
			continue
		}
		table := newTable(most)
		for range 3 * most {
			k, l := d.key(), &Live{}
			table.put(k, l)
			if got, ok := table.get(k); !ok || got != l {
				t.Fatalf("a table of %d does not hold what was put in last", most)
			}
			table.put(k, l) // once more takes no more room
		}
		if n := table.size(); n > most || n < most*9/10 {
			t.Errorf("a table of %d holds %d", most, n)
		}
	}
}

// TestTableIsSharedByMany lets the race detector look.
func TestTableIsSharedByMany(t *testing.T) {
	d := newPacker(t)
	keys := make([]key, 200)
	for i := range keys {
		keys[i] = d.key()
	}
	table := newTable(64 * shards)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 2000 {
				k := keys[(i*7+g)%len(keys)]
				switch i % 10 {
				case 0:
					table.put(k, &Live{begun: int64(i)})
				case 1:
					table.drop(k)
				case 2:
					table.dropWhere(func(l *Live) bool { return l.begun == int64(i) })
				default:
					table.get(k)
				}
			}
		})
	}
	all.Wait()
	table.clear()
	if table.size() != 0 {
		t.Error("something is left")
	}
}
