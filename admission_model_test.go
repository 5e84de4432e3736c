// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/usher-signin/usher"
)

// model is a second implementation of the admission rule, written from its
// description alone: slow, with masks read by splitting strings. It answers
// with the operator groups, or with the code of the cause.
func model(a usher.Admission, p usher.Person) (groups []string, code usher.Code) {
	bare := func(id string) string { return strings.Replace(id, "@AdobeOrg", "", 1) }
	ims := strings.HasPrefix(string(a.Account.Type), "Adobe ")
	if !a.Account.Enabled {
		return nil, "external-account-disabled"
	}
	contexts := map[string]bool{}
	field := "dma_campaign"
	if a.Account.ProductContextShown {
		field = a.Account.ProductContext
	}
	if ims {
		mine := false
		for _, o := range p.Organizations {
			mine = mine || bare(o) != "" && bare(o) == bare(a.Account.OrganizationID)
		}
		if !mine {
			return nil, "organization-mismatch"
		}
		for _, c := range p.ProductContexts {
			if bare(c.Organization) == bare(a.Account.OrganizationID) {
				contexts[c.ServiceCode] = true
			}
		}
		if len(contexts) > 0 && (field == "" || !contexts[field]) {
			if a.Account.ProductContextShown && field != "dma_campaign_classic" {
				return nil, "product-context-value"
			}
			return nil, "product-context-mismatch"
		}
	}
	if a.Account.Mask.Text == "" {
		return nil, "mask-kind"
	}
	for _, m := range p.Groups {
		if len(p.Groups) > 1000 || len(m.Group) > 256 {
			return nil, "groups-too-many"
		}
	}
	before, after := a.Account.Mask.Text, ""
	if a.Account.Mask.Kind == usher.MaskPattern {
		before, after, _ = strings.Cut(before, "(.*)")
	}
	unwrap := func(name string) string {
		if len(name) < len(before)+len(after) || name[:len(before)] != before || name[len(name)-len(after):] != after {
			return ""
		}
		return name[len(before) : len(name)-len(after)]
	}
	matched := false
	for _, m := range p.Groups {
		rest := unwrap(m.Group)
		matched = matched || rest != ""
		for _, g := range a.OperatorGroups {
			if rest != "" && rest == g.Name && !slices.Contains(groups, g.Name) {
				groups = append(groups, g.Name)
			}
		}
	}
	any := false
	for _, name := range a.Directory {
		any = any || unwrap(name) != ""
	}
	switch {
	case len(groups) > 0 && ims && !contexts[field]:
		return nil, "product-context-mismatch"
	case len(groups) > 0:
		return groups, ""
	case matched:
		return nil, "operator-group-unknown"
	case a.Directory != nil && !any:
		return nil, "mask-matches-nothing"
	default:
		return nil, "user-not-in-group"
	}
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// some draws up to n elements, twice the same one now and then.
func some[T any](random *rand.Rand, n int, from ...T) []T {
	var out []T
	for range random.IntN(n + 1) {
		out = append(out, pick(random, from...))
	}
	return out
}

func randomCase(random *rand.Rand) (usher.Admission, usher.Person) {
	mask := pick(random, "C - ", "C - ", "C - (.*)", "C - (.*)", "(.*)", "(.*) C", "C - (.*) C", "D", "")
	ids := []string{corp, strings.TrimSuffix(corp, "@AdobeOrg"), corp, corp, another, ""}
	codes := []string{"dma_campaign_classic", "dma_campaign_classic", "dma_campaign_classic", "dma_campaign", "dma_tartan", ""}
	names := []string{"C - Admin", "C - Reports", "C - Sales", "C - ", "C -Admin", "c - Admin", "Admin", "Reports C", "C - Admin C", "C - C", "DAdmin", "", "Everyone", "C", "C - Admin "}
	operator := []string{"Admin", "Reports", "admin", "C", " C", "C - Admin", "Admin ", "Delivery"}
	a := usher.Admission{Account: usher.ExternalAccount{
		InternalName: "MAC", Enabled: random.IntN(20) > 0, Type: pick(random, usher.TypeMarketingCloud, usher.TypeExperienceCloud, usher.TypeOpenIDConnect),
		ProductContextShown: random.IntN(4) > 0, ProductContext: pick(random, codes...), OrganizationID: pick(random, ids...), Mask: usher.ParseMask(mask)}}
	for _, name := range some(random, 4, operator...) {
		a.OperatorGroups = append(a.OperatorGroups, usher.OperatorGroup{Name: name, Rights: []string{"right of " + name}})
	}
	if random.IntN(2) == 0 {
		a.Directory = append([]string{}, some(random, 3, names...)...)
	}
	p := usher.Person{Email: "ana@corp.example", Organizations: append(some(random, 2, ids...), some(random, 1, corp)...)}
	for _, c := range some(random, 3, codes...) {
		p.ProductContexts = append(p.ProductContexts, usher.ProductContext{ServiceCode: c, Organization: pick(random, ids...)})
	}
	for _, name := range some(random, 4, names...) {
		p.Groups = append(p.Groups, usher.Membership{Group: name})
	}
	if random.IntN(100) == 0 {
		p.Groups = append(p.Groups, usher.Membership{Group: strings.Repeat("x", 255+random.IntN(4))})
	}
	if random.IntN(200) == 0 {
		p.Groups = append(p.Groups, make([]usher.Membership, 998+random.IntN(4))...)
	}
	return a, p
}

func TestAdmitAgainstModel(t *testing.T) {
	random := seeded(t)
	const n = 40_000
	seen := make(map[usher.Code]int)
	for range n {
		a, p := randomCase(random)
		groups, code := model(a, p)
		op, cause := a.Admit(p)
		if (cause == nil) != (code == "") || cause != nil && cause.Code != code || !slices.Equal(sorted(op.Groups), sorted(groups)) {
			t.Fatalf("%+v\n%+v\nAdmit says %q, %v; the model %q, %q", a, p, op.Groups, cause, groups, code)
		}
		if cause == nil && (len(op.Groups) == 0 || len(op.Rights) != len(op.Groups)) {
			t.Fatalf("%+v was admitted into %q with the rights %q", p, op.Groups, op.Rights)
		}
		seen[code]++

		// Whoever explains near misses, the answer to "who may in, and where" is the same.
		a.Near = anyNear(random)
		again, why := a.Admit(p)
		if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", op) || (why == nil) != (cause == nil) {
			t.Fatalf("%+v\n%+v\nwithout near misses: %+v, %v; with: %+v, %v", a, p, op, cause, again, why)
		}
		explained := why != nil && (why.Code == usher.CodeNameMisspelled || why.Code == usher.CodeMaskBlanks)
		if why != nil && why.Code != code && !explained {
			t.Fatalf("near misses turned %s into %s", code, why.Code)
		}
	}
	for _, code := range []usher.Code{"", "external-account-disabled", "organization-mismatch", "product-context-value", "product-context-mismatch", "mask-kind",
		"groups-too-many", "operator-group-unknown", "mask-matches-nothing", "user-not-in-group"} {
		if seen[code] < n/1000 {
			t.Errorf("%q came up %d times of %d: the test shows little", code, seen[code], n)
		}
	}
}

// anyNear finds near misses everywhere, now and then, and spoils what it is given.
func anyNear(random *rand.Rand) usher.NearFunc {
	return func(name string, wanted []string) (usher.NearMiss, bool) {
		if len(wanted) == 0 || random.IntN(3) == 0 {
			return usher.NearMiss{}, false
		}
		miss := usher.NearMiss{Got: name, Want: pick(random, wanted...), Blanks: random.IntN(2) == 0}
		for i := range wanted {
			wanted[i] = name
		}
		return miss, true
	}
}

func sorted(in []string) []string {
	out := slices.Clone(in)
	slices.Sort(out)
	return out
}
