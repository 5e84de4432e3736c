// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"context"
	"fmt"
	"net"
)

// Listen opens a TCP listener at addr, host and port, for the stand-in. It
// refuses every address that is not a loopback address: the stand-in gives
// tokens to anybody, so nobody but this machine may reach it.
func Listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("the listen address %q is not host:port: %w; write 127.0.0.1:4181", addr, err)
	}
	if !loopbackName(host) {
		return nil, fmt.Errorf("the stand-in was asked to listen on %q, which is not a loopback address; it gives tokens to anybody, so it listens on 127.0.0.1, [::1] or localhost only", addr)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("the stand-in cannot listen on %q: %w; choose another port, or 0 for a free one", addr, err)
	}
	// A name such as localhost is whatever the machine's resolver says.
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		_ = l.Close()
		return nil, fmt.Errorf("%q resolved to %s, which is not a loopback address; write 127.0.0.1 instead of the name", addr, l.Addr())
	}
	return l, nil
}
