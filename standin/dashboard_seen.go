// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// errOvertaken refuses a form whose subject changed after the form was shown,
// in another window say. Nobody's change is lost unseen.
var errOvertaken = errors.New("this was changed elsewhere after the page was opened, in another window perhaps, so nothing was changed; " +
	"below is what you typed: press Change again to put it in the place of what is there now, or go back and open it anew")

// gone refuses a form whose subject was removed or renamed meanwhile.
func gone(kind, name string) error {
	return fmt.Errorf("there is no %s %s any more: it was removed or renamed after the page was opened, so nothing was changed", kind, quoted(name))
}

// seenAs is a mark of what a form shows; the form sends it back.
func seenAs(shown any) string {
	b, err := json.Marshal(shown)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// overtaken compares the mark that a form sent with what is there now. A form
// without a mark was not made by a page, and is believed.
func overtaken(f params, now any) error {
	if seen := f["seen"]; seen != "" && seen != seenAs(now) {
		return errOvertaken
	}
	return nil
}

// withoutSecrets is what a client's form shows and changes: secrets have forms
// of their own.
func (c Client) withoutSecrets() Client {
	c.Secrets = nil
	return c
}

// A personForm is what a person's form shows and changes.
type personForm struct {
	User  User
	In    []string
	Known bool // a user of the organization, and not just a member
}

func personFormOf(o Organization, email string) personForm {
	p := personForm{In: groupsNaming(o, email)}
	if i := userIndex(o.Users, email); i >= 0 {
		p.User, p.Known = o.Users[i], true
		p.User.Password = "" // no page shows it, not even its hash
	}
	return p
}

// An organizationForm is what the organization's form shows and changes.
type organizationForm struct{ ID, Name, Context, Tenant string }

func organizationFormOf(o Organization) organizationForm {
	return organizationForm{o.ID, o.Name, o.ProductContext, o.Tenant}
}
