// SPDX-License-Identifier: Apache-2.0

// Package testport finds ports for programs that tests start and that cannot be
// handed a listener: front servers, and gateways that are restarted.
package testport

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Free gives a free loopback port that the system hands to nobody who asks for
// any port: it lies below the range of those (32768 to 60999 on Linux), of which
// each connection that a test opens takes one.
func Free(ctx context.Context) (string, error) {
	for range 100 {
		port := strconv.Itoa(10000 + rand.IntN(9000)) //nolint:gosec // nothing hangs on its being guessed
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		return port, ln.Close() //nolint:wrapcheck // it says what it was about
	}
	return "", errors.New("of a hundred ports between 10000 and 18999 none is free")
}
