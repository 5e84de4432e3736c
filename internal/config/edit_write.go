// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Written is a change that has been made.
type Written struct {
	Config *Config // the file as it is now
	Backup string  // the file as it was
	Diff   string  // from the one to the other, secrets replaced
}

// Preview gives the file's new text and the diff, and writes nothing. The new
// text must load.
func (ch Change) Preview(path string, data []byte, env Environment) (*Config, string, error) {
	after, err := ch.Apply(data)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	next, err := Parse(path, after, env)
	if err != nil {
		return nil, "", fmt.Errorf("%s is left as it is: with the change it would not load:\n%w", path, err)
	}
	return next, Diff(data, after, filepath.Base(path)), nil
}

// Write makes the change in the file at path: it checks that the file is still
// the one that the edits were made for and that the result loads, keeps a copy
// beside it as FILE.bak-YYYYMMDD-HHMMSS, and puts the new file in its place in
// one step. Mode and owner stay; where the owner cannot be kept the file is
// left alone. A symbolic link stays one: the file that it leads to is
// replaced, and the copy lies beside that.
func (ch Change) Write(path string, env Environment, now time.Time) (Written, error) {
	return write(path, now, func(before []byte) (*Config, string, error) { return ch.Preview(path, before, env) })
}

// write puts what preview makes of the file in its place.
func write(path string, now time.Time, preview func(before []byte) (*Config, string, error)) (Written, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Written{}, fmt.Errorf("%s cannot be changed: %s", path, reason(err))
	}
	info, err := os.Stat(real)
	if err != nil {
		return Written{}, fmt.Errorf("%s cannot be changed: %s", path, reason(err))
	}
	if !info.Mode().IsRegular() {
		return Written{}, fmt.Errorf("%s cannot be changed: it is no regular file", path)
	}
	before, err := readBounded(real)
	if err != nil {
		return Written{}, fmt.Errorf("%s cannot be read: %s", path, reason(err))
	}
	next, diff, err := preview(before)
	if err != nil {
		return Written{}, err
	}
	backup, err := replace(real, info, before, next.src.data, now)
	if err != nil {
		return Written{}, fmt.Errorf("%s is left as it is: %w", path, err)
	}
	return Written{Config: next, Backup: backup, Diff: diff}, nil
}

// replace puts a new file in the place of another, which it keeps as a backup.
func replace(path string, info fs.FileInfo, before, after []byte, now time.Time) (backup string, err error) {
	folder := filepath.Dir(path)
	fresh, err := os.CreateTemp(folder, ".usher-*.yaml")
	if err != nil {
		return "", fmt.Errorf("no file can be written beside it: %s; see the folder's owner and mode", reason(err))
	}
	leftovers := []string{fresh.Name()}
	defer func() {
		for _, name := range leftovers {
			_ = os.Remove(name) // what is left over is in nobody's way
		}
	}()
	if err := fill(fresh, info, after); err != nil {
		return "", err
	}
	backup, err = keep(path, info, before, now)
	if backup != "" {
		leftovers = append(leftovers, backup)
	}
	if err != nil {
		return "", err
	}
	// Somebody's editor may have saved the file in the meantime. What is left of
	// the gap is the time between this look and the next line.
	if still, err := readBounded(path); err != nil || !bytes.Equal(still, before) {
		return "", fmt.Errorf("%w: it was saved by somebody else at this very moment; look at the findings again and make the edits anew", ErrChanged)
	}
	if err := os.Rename(fresh.Name(), path); err != nil {
		return "", fmt.Errorf("the new file cannot be put in its place: %s", reason(err))
	}
	leftovers = nil
	syncFolder(folder)
	return backup, nil
}

// keep writes the backup; a second one in the same second gets a number.
func keep(path string, info fs.FileInfo, data []byte, now time.Time) (string, error) {
	name := path + ".bak-" + now.Format("20060102-150405")
	for i := 2; ; i++ {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) && i < 100 {
			name = fmt.Sprintf("%s.bak-%s-%d", path, now.Format("20060102-150405"), i)
			continue
		}
		if err != nil {
			return "", fmt.Errorf("no backup can be written: %s", reason(err))
		}
		if err := fill(f, info, data); err != nil {
			return name, err
		}
		return name, nil
	}
}

// fill gives a new file its owner, its mode and then its content, and closes it.
func fill(f *os.File, info fs.FileInfo, data []byte) error {
	err := errors.Join(keepOwner(f, info), f.Chmod(info.Mode().Perm()))
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("a copy of it cannot be written: %w", err)
	}
	return nil
}
