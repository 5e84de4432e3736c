// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"errors"
	"fmt"
)

var (
	errEdited  = errors.New("somebody has edited the organization in the file since the changes here began, so nothing was written: it would take that edit back. Serve the file as it is now, then make the changes here again")
	errOffered = errors.New("the file holds nothing that is not served here")
)

// Offer is Replace for whoever must not undo what was changed on the dashboard:
// where that is not written back yet it stays, the dashboard says that the two
// have parted, and org waits there to be taken. It returns whether org is served.
func (s *Server) Offer(org Organization) (served bool, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if !s.unsaved.Load() {
		return true, s.serve(org, false)
	}
	if _, err := newDirectory(org); err != nil {
		return false, err
	}
	s.offered.Store(&org)
	return false, nil
}

// takeOffered serves what the file holds, and drops what was changed here.
func (s *Server) takeOffered(_ params, _ shell) answer {
	if err := s.exchange(); err != nil {
		return s.goTo("save", "") // which says how things stand
	}
	return s.goTo("", "taken")
}

func (s *Server) exchange() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	org := s.offered.Load()
	if org == nil {
		return errOffered
	}
	if err := s.serve(*org, false); err != nil {
		return fmt.Errorf("the file's organization cannot be served: %w", err)
	}
	return nil
}
