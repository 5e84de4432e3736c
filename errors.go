// SPDX-License-Identifier: Apache-2.0

package usher

import "errors"

// What rooms that keep things say to rooms that ask for them.
var (
	// ErrNotFound says that there is no such thing, or that it was taken already.
	ErrNotFound = errors.New("not found")
	// ErrLoginEnded says that a session was not opened because the login that it
	// belongs to was ended meanwhile: by the person, or by the provider.
	ErrLoginEnded = errors.New("the login was ended meanwhile")
	// ErrTooMany says that there is more than can be told.
	ErrTooMany = errors.New("more than can be told")
	// ErrUnavailable says that whoever keeps the thing does not answer. It never
	// means that there is no such thing.
	ErrUnavailable = errors.New("the database does not answer")
)
