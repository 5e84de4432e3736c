// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
)

var noon = time.Date(2026, 11, 22, 12, 34, 56, 0, time.UTC)

// onDisk writes a file that Write can change.
func onDisk(t *testing.T, text string, mode fs.FileMode) (path string, c *Config) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "prod.yaml")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // the umask has no say
		t.Fatal(err)
	}
	c, err := Load(path, OS())
	if err != nil {
		t.Fatal(err)
	}
	return path, c
}

func relabel(t *testing.T, c *Config) Change {
	t.Helper()
	edit, err := c.ReplaceScalar("external_accounts[0].label", "b")
	if err != nil {
		t.Fatal(err)
	}
	return c.Change(edit)
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// beside lists what is in the folder of a file.
func beside(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWrite(t *testing.T) {
	before := account("label: a # why", "ims_client_secret: s3cret")
	path, c := onDisk(t, before, 0o640)
	got, err := relabel(t, c).Write(path, OS(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(before, "label: a", "label: b", 1); content(t, path) != want {
		t.Errorf("the file is\n%s", content(t, path))
	}
	if want := path + ".bak-20261122-123456"; got.Backup != want || content(t, want) != before {
		t.Errorf("backup %s, want %s with the old text", got.Backup, want)
	}
	for _, name := range []string{path, got.Backup} {
		if info, err := os.Stat(name); err != nil || info.Mode() != 0o640 {
			t.Errorf("%s has mode %v, want 0640 (%v)", name, info.Mode(), err)
		}
	}
	if got.Config.Accounts[0].Label != "b" || got.Config.Revision != RevisionOf([]byte(content(t, path))) {
		t.Errorf("the configuration is not that of the new file")
	}
	if !strings.Contains(got.Diff, "-    label: a # why\n+    label: b # why\n") || strings.Contains(got.Diff, "s3cret") {
		t.Errorf("diff\n%s", got.Diff)
	}
	if names := beside(t, path); len(names) != 2 {
		t.Errorf("in the folder: %q, want the file and its backup only", names)
	}
}

func TestWriteTwiceInOneSecond(t *testing.T) {
	path, c := onDisk(t, account("label: a"), 0o600)
	first, err := relabel(t, c).Write(path, OS(), noon)
	if err != nil {
		t.Fatal(err)
	}
	edit, err := first.Config.ReplaceScalar("external_accounts[0].label", "c")
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Config.Change(edit).Write(path, OS(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if want := first.Backup + "-2"; second.Backup != want || content(t, want) != account("label: b") || content(t, first.Backup) != account("label: a") {
		t.Errorf("backups %s and %s", first.Backup, second.Backup)
	}
}

func TestWriteRefuses(t *testing.T) {
	path, c := onDisk(t, account("label: a"), 0o600)
	good := relabel(t, c)
	bad := "    type: Adobe"
	worse := good
	worse.Edits = []usher.Edit{{Line: 6, Before: c.Line(6), After: &bad}}
	if _, err := worse.Write(path, OS(), noon); err == nil || !strings.Contains(err.Error(), "with the change it would not load:\n"+path+`:6:11: saw "Adobe" for type`) {
		t.Errorf("a change that does not load: %v", err)
	}
	if err := os.WriteFile(path, []byte(account("label: z")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := good.Write(path, OS(), noon); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), `line 7 was "    label: a" and is "    label: z"`) {
		t.Errorf("a file that has changed: %v", err)
	}
	if got := content(t, path); got != account("label: z") {
		t.Errorf("the file was touched:\n%s", got)
	}
	if names := beside(t, path); !slices.Equal(names, []string{"prod.yaml"}) {
		t.Errorf("left over: %q", names)
	}
	if _, err := good.Write(filepath.Join(t.TempDir(), "none.yaml"), OS(), noon); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Errorf("no file: %v", err)
	}
	if _, err := good.Write(t.TempDir(), OS(), noon); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a folder: %v", err)
	}
}

// A file saved between reading and replacing is not overwritten.
func TestWriteSeesALateSave(t *testing.T) {
	path, c := onDisk(t, account("label: a"), 0o600)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	after, err := relabel(t, c).Apply(c.src.data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(account("label: late")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := replace(path, info, c.src.data, after, noon); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want ErrChanged", err)
	}
	if got := content(t, path); got != account("label: late") {
		t.Errorf("the late save is lost:\n%s", got)
	}
	if names := beside(t, path); !slices.Equal(names, []string{"prod.yaml"}) {
		t.Errorf("left over: %q", names)
	}
}

func TestWriteThroughALink(t *testing.T) {
	path, c := onDisk(t, account("label: a"), 0o600)
	link := filepath.Join(t.TempDir(), "current.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	got, err := relabel(t, c).Write(link, OS(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != path {
		t.Errorf("the link leads to %q, want %q (%v)", to, path, err)
	}
	if content(t, link) != account("label: b") || filepath.Dir(got.Backup) != filepath.Dir(path) {
		t.Errorf("backup %s, file\n%s", got.Backup, content(t, link))
	}
}

func TestPreviewWritesNothing(t *testing.T) {
	path, c := onDisk(t, account("label: a"), 0o600)
	next, diff, err := relabel(t, c).Preview(path, c.src.data, OS())
	if err != nil {
		t.Fatal(err)
	}
	if next.Accounts[0].Label != "b" || !strings.Contains(diff, "+    label: b\n") {
		t.Errorf("label %q, diff\n%s", next.Accounts[0].Label, diff)
	}
	if content(t, path) != account("label: a") || len(beside(t, path)) != 1 {
		t.Errorf("something was written: %q", beside(t, path))
	}
}
