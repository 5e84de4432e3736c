// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// preparer is a pool or a connection of package database/sql.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	Close() error
}

// prepared is a pool or a connection that keeps its statements: SQLite takes as
// long to read one as to run it. There are as many as there are spellings in
// this package. It is safe for concurrent use.
type prepared struct {
	on         preparer
	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

func newPrepared(on preparer) *prepared {
	return &prepared{on: on, statements: map[string]*sql.Stmt{}}
}

func (c *prepared) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, s := range c.statements {
		errs = append(errs, s.Close())
	}
	clear(c.statements)
	return errors.Join(append(errs, c.on.Close())...)
}

func (c *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.statements[query]; s != nil {
		return s, nil
	}
	s, err := c.on.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept for the next call; close closes it
	if err == nil {
		c.statements[query] = s
	}
	return s, err
}

// ExecContext makes prepared an executor.
func (c *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.statement(ctx, query) //nolint:sqlclosecheck // kept for the next call; close closes it
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext makes prepared an executor.
func (c *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.statement(ctx, query) //nolint:sqlclosecheck // kept for the next call; close closes it
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext makes prepared an executor.
func (c *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := c.statement(ctx, query) //nolint:sqlclosecheck // kept for the next call; close closes it
	if err != nil {
		return c.on.QueryRowContext(ctx, query, args...) // fails as preparing did, and can say so
	}
	return s.QueryRowContext(ctx, args...)
}
