// SPDX-License-Identifier: Apache-2.0

package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/usher-signin/usher"
)

// What a call may answer beside usher.ErrNotFound and usher.ErrUnavailable.
var (
	// ErrDuplicate says that something with this id is kept already.
	ErrDuplicate = errors.New("there is one with this id already")
	// ErrLoginEnded says that a session was not opened because the person
	// signed out of the login that it belongs to.
	ErrLoginEnded = usher.ErrLoginEnded
	// ErrReadOnly says that the database was opened for reading.
	ErrReadOnly = errors.New("the database was opened for reading only")
)

// errClosed is the answer to calls after Close.
var errClosed = errors.New("it was closed")

// A refusal is an error of ours, not of the database: what was asked cannot be
// kept, or what is kept cannot be read.
type refusal struct{ err error }

func (r refusal) Error() string { return r.err.Error() }
func (r refusal) Unwrap() error { return r.err }

func refuse(format string, args ...any) error { return refusal{fmt.Errorf(format, args...)} }

// failure makes a sentence of an error that a call met. Only what is known to
// be something else is not usher.ErrUnavailable.
func (db *DB) failure(doing string, err error) error {
	var r refusal
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, usher.ErrNotFound):
		return fmt.Errorf("%s: %w", doing, usher.ErrNotFound)
	case errors.As(err, &r):
		return fmt.Errorf("%s: %w", doing, r.err)
	case errors.Is(err, ErrDuplicate), db.dialect.duplicate(err):
		return fmt.Errorf("%s: %w", doing, ErrDuplicate)
	case errors.Is(err, ErrLoginEnded):
		return fmt.Errorf("%s: %w", doing, ErrLoginEnded)
	}
	if advice := db.dialect.advice(err); advice != "" {
		return fmt.Errorf("%s: %w: %s, %s (%w)", doing, usher.ErrUnavailable, db.name, advice, err)
	}
	return fmt.Errorf("%s: %w: %s (%w)", doing, usher.ErrUnavailable, db.name, err)
}
