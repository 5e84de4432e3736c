// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) clientsPage(r *http.Request, sh shell) answer {
	return s.page(http.StatusOK, "clients.html", struct {
		shell
		List listing[Client]
	}{sh.at("clients", "Clients"), listed(r, s.Organization().Clients, func(c Client) string { return c.ID })})
}

// A secretRow is a secret as the page shows it: masked, unless the form asked
// to see it.
type secretRow struct {
	Mark string // tells secrets apart without saying them
	Text string // empty: masked
}

type clientView struct {
	shell
	Was       string
	Client    Client
	Scopes    string
	Secrets   []secretRow
	Technical string
	Seen      string
}

func (s *Server) clientPage(r *http.Request, sh shell) answer {
	id := r.URL.Query().Get("id")
	if id == "" {
		return s.showClient(http.StatusOK, sh, "", Client{}, false)
	}
	c, ok := s.clientNamed(id)
	if !ok {
		return s.errorPage(http.StatusNotFound, "There is no such client", "No client of the organization has the id "+quoted(id)+".")
	}
	return s.showClient(http.StatusOK, sh, id, c, false)
}

func (s *Server) clientNamed(id string) (Client, bool) {
	for _, c := range s.Organization().Clients {
		if c.ID == id {
			return c, true
		}
	}
	return Client{}, false
}

func (s *Server) showClient(status int, sh shell, was string, c Client, reveal bool) answer {
	title := was
	if was == "" {
		title = "Add a client"
	}
	view := clientView{shell: sh.at("clients", title), Was: was, Client: c, Scopes: strings.Join(c.Scopes, "\n"), Technical: c.technicalAccount()}
	if now, ok := s.clientNamed(was); ok {
		view.Seen = seenAs(now.withoutSecrets())
	}
	for _, secret := range c.Secrets {
		row := secretRow{Mark: mark(secret)}
		if reveal {
			row.Text = secret
		}
		view.Secrets = append(view.Secrets, row)
	}
	return s.page(status, "client.html", view)
}

func mark(secret string) string {
	sum := sha256.Sum256([]byte("mark of " + secret))
	return hex.EncodeToString(sum[:6])
}

func (s *Server) changeClient(f params, sh shell) answer {
	var typed Client
	was := f["was"]
	err := s.Update(func(o *Organization) error {
		i := slices.IndexFunc(o.Clients, func(c Client) bool { return c.ID == f["was"] })
		var refused error
		switch {
		case i >= 0:
			typed, refused = o.Clients[i], overtaken(f, o.Clients[i].withoutSecrets())
		case f["was"] != "":
			refused, was = fmt.Errorf("%w; below is what you typed: press Add to make a client of it, and give it a secret", gone("client", f["was"])), ""
		default:
			if secret := f["secret"]; secret != "" {
				typed.Secrets = []string{secret}
			}
		}
		if i < 0 {
			o.Clients = append(o.Clients, Client{})
			i = len(o.Clients) - 1
		}
		typed.ID = strings.TrimSpace(f["id"])
		typed.CallbackURLs, typed.CallbackPatterns = linesOf(f["callbacks"]), linesOf(f["patterns"])
		typed.DefaultRedirectURL = strings.TrimSpace(f["default"])
		typed.Scopes = scopesOf(f["scopes"])
		typed.BetaUsers = linesOf(f["beta"])
		typed.TechnicalAccount = strings.TrimSpace(f["technical"])
		typed.Disabled = f["disabled"] != ""
		o.Clients[i] = typed
		return refused
	})
	if err != nil {
		sh.Problem = sentence(err)
		return s.showClient(http.StatusUnprocessableEntity, sh, was, typed, false)
	}
	return s.goTo("clients", map[bool]string{true: "added", false: "changed"}[f["was"] == ""])
}

func (s *Server) removeClient(f params, sh shell) answer {
	err := s.Update(func(o *Organization) error {
		before := len(o.Clients)
		o.Clients = slices.DeleteFunc(o.Clients, func(c Client) bool { return c.ID == f["was"] })
		if len(o.Clients) == before {
			return gone("client", f["was"])
		}
		return nil
	})
	if err != nil {
		sh.Problem = sentence(err)
		return s.showOverview(http.StatusUnprocessableEntity, sh)
	}
	return s.goTo("clients", "removed")
}

// revealSecrets shows the client's page with its secrets, this once.
func (s *Server) revealSecrets(f params, sh shell) answer {
	c, ok := s.clientNamed(f["was"])
	if !ok {
		return s.errorPage(http.StatusNotFound, "There is no such client", "No client of the organization has the id "+quoted(f["was"])+".")
	}
	return s.showClient(http.StatusOK, sh, c.ID, c, true)
}

// addSecret adds the typed secret, or one of its own making; the former ones
// stay valid, as they do while a secret is replaced.
func (s *Server) addSecret(f params, sh shell) answer {
	secret := f["secret"]
	if secret == "" {
		secret = "p8e-" + s.random.id(16)
	}
	return s.changeSecrets(f, sh, func(c *Client) error {
		if slices.Contains(c.Secrets, secret) {
			return errors.New("the client has this secret already: type another, or leave the field empty to have one made")
		}
		c.Secrets = append(c.Secrets, secret)
		return nil
	})
}

func (s *Server) removeSecret(f params, sh shell) answer {
	return s.changeSecrets(f, sh, func(c *Client) error {
		c.Secrets = slices.DeleteFunc(c.Secrets, func(secret string) bool { return mark(secret) == f["mark"] })
		return nil
	})
}

func (s *Server) changeSecrets(f params, sh shell, change func(*Client) error) answer {
	err := s.Update(func(o *Organization) error {
		for i := range o.Clients {
			if o.Clients[i].ID == f["was"] {
				return change(&o.Clients[i])
			}
		}
		return fmt.Errorf("there is no client %q any more: open the list of clients again", f["was"])
	})
	c, ok := s.clientNamed(f["was"])
	if err != nil && ok {
		sh.Problem = sentence(err)
		return s.showClient(http.StatusUnprocessableEntity, sh, c.ID, c, false)
	}
	if err != nil {
		return s.errorPage(http.StatusNotFound, "There is no such client", sentence(err))
	}
	return s.goTo("clients/edit", "changed", "id", c.ID)
}
