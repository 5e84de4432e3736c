// SPDX-License-Identifier: Apache-2.0

package rehearse

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/pages"
	"github.com/usher-signin/usher/internal/signin"
	"github.com/usher-signin/usher/internal/web"
)

// A Door answers where the gateway would, while none runs: the callback of the
// rehearsal, once, and nothing else. It sets no cookie and reads none.
type Door struct {
	rehearsal *Rehearsal
	arrived   chan<- Arrival
	pages     *pages.Pages
	headers   *web.Headers
	mux       *http.ServeMux
	taken     atomic.Bool
	styled    sync.Once
	shown     chan struct{} // closed when the browser has the last page whole
}

// NewDoor makes the door of a rehearsal.
func NewDoor(r *Rehearsal, arrived chan<- Arrival) (*Door, error) {
	p, err := pages.New(pages.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	headers, err := web.NewHeaders(web.HeaderOptions{})
	if err != nil {
		return nil, err
	}
	d := &Door{rehearsal: r, arrived: arrived, pages: p, headers: headers, mux: http.NewServeMux(), shown: make(chan struct{})}
	d.mux.HandleFunc("GET "+usher.CallbackPath, d.callback)
	d.mux.HandleFunc("GET "+signin.RehearsedPath, func(w http.ResponseWriter, r *http.Request) { d.page(w, r, http.StatusOK, pages.Rehearsed{}) })
	d.mux.HandleFunc("GET "+pages.StaticPath, func(w http.ResponseWriter, r *http.Request) {
		d.pages.ServeHTTP(w, r)
		if d.taken.Load() {
			d.styled.Do(func() { close(d.shown) })
		}
	})
	d.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.page(w, r, http.StatusServiceUnavailable, pages.Problem{Status: http.StatusServiceUnavailable})
	})
	return d, nil
}

// ServeHTTP answers a browser.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.headers.Set(w.Header())
	d.mux.ServeHTTP(w, r)
}

func (d *Door) callback(w http.ResponseWriter, r *http.Request) {
	query, err := web.QueryOf("code", "state", "iss", "error", "error_description", "error_uri")(r)
	if err != nil || r.Method != http.MethodGet {
		d.page(w, r, http.StatusBadRequest, pages.Problem{Status: http.StatusBadRequest})
		return
	}
	if !d.rehearsal.Ours(query) || d.taken.Swap(true) {
		d.page(w, r, http.StatusBadRequest, pages.Rehearsed{Carry: true})
		return
	}
	deliver(r.Context(), d.arrived, Arrival{Way: ByDoor, Query: query})
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Location", signin.RehearsedPath)
	w.WriteHeader(http.StatusSeeOther)
}

func (d *Door) page(w http.ResponseWriter, r *http.Request, status int, view pages.View) {
	cfg := d.rehearsal.Config
	d.pages.Render(w, r, status, pages.Frame{Instance: cfg.Instance.Name, Environment: string(cfg.Instance.Environment), Contact: cfg.Server.Contact}, view)
}

// Linger waits until the browser has the last page, or for as long as that may take.
func (d *Door) Linger(ctx context.Context, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case <-d.shown:
	case <-ctx.Done():
	}
}
