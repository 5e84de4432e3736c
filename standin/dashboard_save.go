// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// A Draft is what writing the organization back would change.
type Draft struct {
	File  string   // what is written to
	Diff  string   // unified, without any secret; empty: nothing would change
	Notes []string // sentences on what to know before
}

// A diffLine is a line of a diff, and its kind: add, drop, at or nothing.
type diffLine struct{ Kind, Text string }

var (
	errNoSave = errors.New("this stand-in was not started from a file, so there is nothing to write back to; changes last until it stops")
	errMoved  = errors.New("the organization or the file is not what was shown any more, so nothing was written: look at the change again")
)

func (s *Server) savePage(r *http.Request, sh shell) answer {
	return s.showDraft(r.Context(), http.StatusOK, sh)
}

// drafted asks for the draft. Where nobody can make one it is empty, and the
// organization can be written back all the same.
func (s *Server) drafted(ctx context.Context) (d Draft, shown bool, err error) {
	switch {
	case s.save == nil:
		return d, false, errNoSave
	case s.draft == nil:
		return d, false, nil
	}
	d, err = s.draft(ctx, s.Organization())
	return d, true, err
}

func (s *Server) showDraft(ctx context.Context, status int, sh shell) answer {
	view := struct {
		shell
		Draft  Draft
		Shown  bool
		Failed bool
		Mark   string
		Lines  []diffLine
	}{shell: sh.at("overview", "Write back to the file")}
	var err error
	if view.Draft, view.Shown, err = s.drafted(ctx); err != nil {
		view.Failed = true
		if view.Problem == "" {
			view.Problem = sentence(err)
		}
		if status == http.StatusOK {
			status = http.StatusUnprocessableEntity
		}
	}
	view.Mark = view.Draft.mark()
	for line := range strings.Lines(view.Draft.Diff) {
		line = strings.TrimRight(line, "\r\n")
		kind := ""
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			continue // the page names the file
		case strings.HasPrefix(line, "+"):
			kind = "add"
		case strings.HasPrefix(line, "-"):
			kind = "drop"
		case strings.HasPrefix(line, "@@"):
			kind = "at"
		}
		view.Lines = append(view.Lines, diffLine{kind, line})
	}
	return s.page(status, "save.html", view)
}

// mark names a draft, so that what is written is what was shown.
func (d Draft) mark() string {
	sum := sha256.Sum256([]byte(d.File + "\x00" + d.Diff))
	return hex.EncodeToString(sum[:8])
}

// saveToFile writes the organization back to where it came from, if it is the
// change that the form showed.
func (s *Server) saveToFile(r *http.Request, f params, sh shell) answer {
	err := s.writeBack(r.Context(), f["draft"])
	if err != nil {
		sh.Problem = sentence(err)
		return s.showDraft(r.Context(), http.StatusUnprocessableEntity, sh)
	}
	return s.goTo("", "saved")
}

func (s *Server) writeBack(ctx context.Context, shown string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if s.offered.Load() != nil {
		return errEdited
	}
	d, _, err := s.drafted(ctx)
	switch {
	case errors.Is(err, errNoSave):
		return err
	case err != nil:
		return fmt.Errorf("the organization was not written back: %w", err)
	case d.mark() != shown:
		return errMoved
	}
	said, err := s.save(ctx, s.Organization())
	if err != nil {
		return fmt.Errorf("the organization was not written back: %w", err)
	}
	s.kept.Store(&said)
	s.unsaved.Store(false)
	return nil
}
