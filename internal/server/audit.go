// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/store"
)

// auditWithin bounds recording what was done: nobody waits long for it.
const auditWithin = 2 * time.Second

// audit records what was done. What was done is done: where it cannot be
// recorded, the log says so, with what it was.
func (s *Server) audit(ctx context.Context, action, actor, subject, detail string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditWithin)
	defer cancel()
	if _, err := s.db.Audit(ctx, store.Event{Actor: bounded(actor), Action: action, Subject: bounded(subject), Detail: bounded(detail)}); err != nil {
		s.opts.Logger.Error("what was done is not in the audit", slog.String("action", action), slog.String("subject", bounded(subject)), slog.Any("error", err))
	}
}

// byNode is the actor where the gateway did something by itself.
func (s *Server) byNode() string { return "gateway " + s.opts.Node }

func (s *Server) auditReload(ctx context.Context, problem error) {
	if problem != nil {
		s.audit(ctx, "configuration-refused", s.byNode(), s.opts.ConfigFile, problem.Error())
		return
	}
	s.audit(ctx, "configuration-loaded", s.byNode(), s.opts.ConfigFile, "revision "+s.Config().Revision)
}

// bounded cuts what others wrote to a length that the record takes.
func bounded(text string) string {
	const most = 800
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
