// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"context"
	"net"
	"net/http"
)

// contextWith is the context of a request that came to this local address.
func contextWith(ctx context.Context, local net.Addr) context.Context {
	return context.WithValue(ctx, http.LocalAddrContextKey, local)
}
