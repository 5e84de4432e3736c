// SPDX-License-Identifier: Apache-2.0

//go:build linux

package cli_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/usher-signin/usher/internal/store"
)

const troubledFile = `instance:
  name: troubled
  environment: development
  url: https://localhost:4443
external_accounts:
  - internal_name: Adobe_Marketing_Cloud
    type: Adobe Marketing Cloud
    product_context: dma_campaign_classic
    ims_server: https://localhost:4444
    ims_client_id: Campaign1
    ims_client_secret: x1y2z3a4b5
    callback_url: https://localhost:4443/usher/callback
    ims_organization_id: 8A2F19C3B4D5E6F708192A3B@AdobeOrg
    association_mask: "Campaign - "
server:
  database: sqlite:DIR/u.db
`

// mounted gives a small file system, which only root may mount, with a database
// that a gateway has used and left.
func mounted(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	if os.Getuid() != 0 || exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=80m,mode=0700", "usher-test", dir).Run() != nil {
		t.Skip("only root, where it may mount a small file system, can fill one")
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("unmounting %s: %s %v", dir, out, err)
		}
	})
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "u.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "usher.yaml")
	put(t, file, strings.ReplaceAll(troubledFile, "DIR", dir))
	return dir, file
}

type doctored struct {
	Results []struct {
		Code, Status, Severity, Saw string
		Because                     *string
		Fix                         *struct{ Description string }
	}
}

// databaseFindings asks the doctor about the database, live.
func databaseFindings(t *testing.T, file string) (found map[string]string, severity map[string]string, status int) {
	t.Helper()
	stdout, stderr, status := run(t, "", "doctor", "--only", "database-disk,database-read-only,session-store-down", "-o", "json", file)
	var said doctored
	if err := json.Unmarshal([]byte(stdout), &said); err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	found, severity = map[string]string{}, map[string]string{}
	for _, r := range said.Results {
		if r.Status != "fails" {
			continue
		}
		found[r.Code], severity[r.Code] = r.Saw, r.Severity
		if r.Because != nil {
			found[r.Code] += ", because of " + *r.Because
		}
		if r.Fix != nil {
			found[r.Code] += ", mend: " + r.Fix.Description
		}
	}
	return found, severity, status
}

// The doctor is asked about real databases in real trouble.
func TestDoctorAboutARealDatabase(t *testing.T) {
	dir, file := mounted(t)
	if found, _, status := databaseFindings(t, file); len(found) != 0 || status != 0 {
		t.Fatalf("of a database that is well: %q, %d", found, status)
	}
	t.Run("nearly full, then full", func(t *testing.T) {
		ballast := filepath.Join(dir, "ballast")
		fill := func(leave int64) {
			for block := 1 << 20; ; {
				var s syscall.Statfs_t
				if err := syscall.Statfs(dir, &s); err != nil {
					t.Fatal(err)
				}
				if int64(s.Bavail)*s.Bsize <= leave {
					return
				}
				f, err := os.OpenFile(ballast, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
				if err != nil {
					t.Fatal(err)
				}
				_, err = f.Write(make([]byte, block))
				if errors.Is(err, syscall.ENOSPC) && block > 1 {
					block /= 2
				} else if err != nil {
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
		fill(20 << 20)
		found, severity, _ := databaseFindings(t, file)
		if len(found) != 1 || severity["database-disk"] != "warning" || !strings.Contains(found["database-disk"], "MiB free") {
			t.Errorf("of a disk with 20 MiB left: %q %q", found, severity)
		}
		for _, leave := range []int64{16 << 10, 0} { // the index beside the log takes 32 KiB
			fill(leave)
			found, severity, status := databaseFindings(t, file)
			if status != 1 || severity["database-disk"] != "error" || !strings.Contains(found["database-disk"], "make room") {
				t.Errorf("of a full disk: %d %q %q", status, found, severity)
			}
			if because := found["database-read-only"]; because != "" && !strings.Contains(because, "because of database-disk") {
				t.Errorf("of a full disk, by itself: %q", because)
			}
			if because := found["session-store-down"]; because != "" && !strings.Contains(because, "because of database-disk") {
				t.Errorf("of a full disk, by itself: %q", because)
			}
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if found, _, _ := databaseFindings(t, file); len(found) != 0 {
			t.Errorf("when there is room again: %q", found)
		}
	})
	t.Run("another program holds it", func(t *testing.T) {
		pool, err := sql.Open("sqlite", "file:"+dir+"/u.db?_txlock=immediate")
		if err != nil {
			t.Fatal(err)
		}
		tx, err := pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		found, _, status := databaseFindings(t, file)
		if err := errors.Join(tx.Rollback(), pool.Close()); err != nil {
			t.Fatal(err)
		}
		if status != 1 || len(found) != 1 || !strings.Contains(found["database-read-only"], "end the program that holds the database") {
			t.Errorf("of a database that is held: %d %q", status, found)
		}
	})
	t.Run("a file system that is read only", func(t *testing.T) {
		remount := func(how string) {
			if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,"+how, dir).CombinedOutput(); err != nil {
				t.Fatalf("%s %v", out, err)
			}
		}
		remount("ro")
		found, _, status := databaseFindings(t, file)
		remount("rw")
		if status != 1 || len(found) != 1 || !strings.Contains(found["database-read-only"]+found["session-store-down"], "see that the file system is not mounted read-only") {
			t.Errorf("of a file system that is read only: %d %q", status, found)
		}
		if found, _, _ := databaseFindings(t, file); len(found) != 0 {
			t.Errorf("when it can be written again: %q", found)
		}
	})
}
