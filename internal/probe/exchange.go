// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/usher-signin/usher/internal/idp"
)

// Limits of text that goes into facts, in bytes.
const (
	maxShown       = 120
	maxDescription = 300
)

// agent is how the probes present themselves, so that whoever reads the
// provider's log knows that nobody is attacking.
const agent = "usher-doctor (a probe: it asks with values that nobody has)"

// A reply is what came back, read to its end or to the limit.
type reply struct {
	status  int
	header  http.Header
	body    []byte
	tooLong bool
}

// ask sends one request, with at most limit bytes of the answer read, and
// notes the provider's clock.
func (p *provider) ask(ctx context.Context, req *http.Request, limit int64) (*reply, error) {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, p.Each, errEach)
	defer cancel()
	req.Header.Set("User-Agent", agent)
	sent := p.Now()
	res, err := p.http.Do(req.WithContext(ctx))
	if err != nil {
		return nil, blame(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	p.clock.note(sent, p.Now(), res.Header)
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return nil, blame(ctx, err)
	}
	r := &reply{status: res.StatusCode, header: res.Header, body: body}
	if int64(len(body)) > limit {
		r.body, r.tooLong = body[:limit], true
	}
	return r, nil
}

// errEach says that the time of one probe was over.
var errEach = errors.New("the time of one probe is over")

func blame(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errEach) {
		return errEach
	}
	return err
}

func (p *provider) get(ctx context.Context, address, accept string, limit int64) (*reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address cannot be read")
	}
	req.Header.Set("Accept", accept)
	return p.ask(ctx, req, limit)
}

// silence says why no answer came. The parent context tells the end of the
// budget from the provider's own silence; only the latter is evidence.
func (p *provider) silence(ctx context.Context, err error) (why string, evidence bool) {
	switch {
	case ctx.Err() != nil:
		return p.whyNot(ctx), false
	case errors.Is(err, errEach):
		return fmt.Sprintf("no complete answer within %s", p.Each), true
	}
	saw, detail := idp.ExplainNetwork(err)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return saw, true
	}
	if detail != "" {
		saw += " (" + p.clean(detail, maxDescription) + ")"
	}
	return saw, true
}

// clean makes the provider's text fit to be shown, without anything secret.
func (p *provider) clean(text string, limit int, sent ...string) string {
	return idp.Clean(text, limit, append(sent, p.account.ClientSecret.Reveal())...)
}

// servedBy names who answered, as the answer says.
func (p *provider) servedBy(h http.Header) string {
	var parts []string
	for _, name := range []string{"Server", "Via"} {
		if v := p.clean(h.Get(name), maxShown); v != "" {
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, ", ")
}

// throttled says that the provider answers nothing for now.
func throttled(r *reply) (why string, yes bool) {
	if r.status != http.StatusTooManyRequests {
		return "", false
	}
	after := ""
	if s := r.header.Get("Retry-After"); len(s) < 40 && strings.Trim(s, "0123456789") == "" && s != "" {
		after = ", for " + s + " seconds"
	}
	return "the provider asks to be left alone for now (HTTP 429" + after + ")", true
}
