// SPDX-License-Identifier: Apache-2.0

package config

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"time"
)

// Watch looks at the file of loaded every so often, and at the files that its
// secrets are in, until ctx is done. When one of them has changed it loads the
// file anew and calls onChange with the configuration, or with the error: each
// content once. The configuration in force before stays the caller's to keep.
//
// A change is taken when two looks in a row find the same: an editor may be in
// the middle of writing the file, and half a file can be a valid one. So it
// acts after twice the interval at most. Looks go by content; time, size and
// identity of a file only spare the reading of what has not been touched.
func Watch(ctx context.Context, loaded *Config, env Environment, every time.Duration, onChange func(*Config, error)) {
	w := watcher{env: env, file: loaded.File, inForce: maps.Clone(loaded.reads), looks: make(map[string]look)}
	w.inForce[w.file] = digestOf(loaded.src.data, nil)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if changed, c, err := w.tick(now); changed {
				onChange(c, err)
			}
		}
	}
}

// digests is what was in files, by their names.
type digests map[string][sha256.Size]byte

type watcher struct {
	env     Environment
	file    string
	inForce digests // as last handed over, good or bad
	pending digests // as the last look found it, where that differs; nil: it did not
	looks   map[string]look
}

// look is one reading of a file.
type look struct {
	info   fs.FileInfo // nil: not known
	at     time.Time
	digest [sha256.Size]byte
}

// tick looks once, and loads what two looks have found alike.
func (w *watcher) tick(now time.Time) (changed bool, c *Config, err error) {
	found := make(digests, len(w.inForce))
	for name := range w.inForce {
		found[name] = w.look(name, now)
	}
	if maps.Equal(found, w.inForce) {
		w.pending = nil
		return false, nil, nil
	}
	if !maps.Equal(found, w.pending) {
		w.pending = found
		return false, nil, nil
	}
	w.pending = nil
	c, err = w.load()
	return true, c, err
}

// load loads the file and notes what it and its secrets' files held.
func (w *watcher) load() (*Config, error) {
	data, err := w.env.readFile(w.file)
	w.inForce = digests{w.file: digestOf(data, err)}
	if err != nil {
		return nil, unreadable(w.file, err)
	}
	c, reads, problems := parse(w.file, data, w.env)
	maps.Copy(w.inForce, reads)
	if problems != nil {
		return nil, problems
	}
	c.Mode = w.env.mode(w.file)
	return c, nil
}

// look gives the digest of a file, of its content where it may have been
// touched since the last look. A time that is hardly older than that look
// proves nothing: a second change may bear the same one.
func (w *watcher) look(name string, now time.Time) [sha256.Size]byte {
	const tooYoung = 3 * time.Second
	var info fs.FileInfo
	if w.env.Stat != nil {
		info, _ = w.env.Stat(name) // where this fails, reading says why
	}
	last, known := w.looks[name]
	if known && info != nil && last.info != nil && os.SameFile(info, last.info) && info.Size() == last.info.Size() &&
		info.ModTime().Equal(last.info.ModTime()) && last.at.Sub(info.ModTime()) > tooYoung {
		return last.digest
	}
	digest := digestOf(w.env.readFile(name))
	w.looks[name] = look{info: info, at: now, digest: digest}
	return digest
}

// digestOf tells contents apart, and the reasons why there is none.
func digestOf(data []byte, err error) [sha256.Size]byte {
	if err != nil {
		return sha256.Sum256([]byte("unreadable\x00" + reason(err)))
	}
	return sha256.Sum256(data)
}
