// SPDX-License-Identifier: Apache-2.0

package usher

import "slices"

// Limits on what a provider may say of a person. More is an error, never "all".
const (
	MaxGroups     = 1000
	MaxGroupBytes = 256
)

// A Person is who the provider says has signed in, and what it says of them.
// It is a fact; [Admission.Admit] judges it.
type Person struct {
	Provider        string           `json:"provider"` // issuer, or IMS server
	Subject         string           `json:"subject"`
	Name            string           `json:"name,omitempty"`
	Email           string           `json:"email,omitempty"`
	EmailVerified   bool             `json:"email_verified"`
	Organizations   []string         `json:"organizations,omitempty"` // ids
	ProductContexts []ProductContext `json:"product_contexts,omitempty"`
	Groups          []Membership     `json:"groups,omitempty"`
	GrantedScopes   Scopes           `json:"granted_scopes,omitempty"`
}

// A ProductContext is one entry of the IMS claim projectedProductContext.
type ProductContext struct {
	ServiceCode  string `json:"service_code"`
	Organization string `json:"organization"`
	Label        string `json:"label,omitempty"`
}

// A Membership is a directory group that the provider says the person is in,
// and where it said so.
type Membership struct {
	Group  string `json:"group"`
	Source string `json:"source,omitempty"` // for example profile.projectedProductContext
}

// GroupNames lists the names of the person's directory groups, each once.
func (p Person) GroupNames() []string {
	var names []string
	for _, m := range p.Groups {
		if !slices.Contains(names, m.Group) {
			names = append(names, m.Group)
		}
	}
	return names
}

// An OperatorGroup is what an operator may be here; it carries rights.
type OperatorGroup struct {
	Name   string
	Rights []string
}

// An Operator is a person, or a technical account, admitted here. Its key is
// (Provider, Subject); the email is for display only, and empty where the
// provider does not vouch for it.
type Operator struct {
	Account  string // internal name of the external account that admitted it
	Provider string
	Subject  string
	Name     string
	Email    string
	Groups   []string // operator groups, in the file's order
	Rights   []string // of all groups, each once
}

// In reports whether the operator is in the operator group.
func (o *Operator) In(group string) bool { return o != nil && slices.Contains(o.Groups, group) }
