// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"slices"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
)

// A Difference is a key that instances hold different values of.
type Difference struct {
	Key    string
	Usual  bool     // instances are expected to differ in it
	Values []Phrase // one an instance, in order
}

// Differences compares the instances of a case, key by key: what should be the
// same first, then what is each instance's own. Secrets are compared and not shown.
func Differences(c Case) []Difference {
	if len(c.Instances) < 2 {
		return nil
	}
	var cfgs []*config.Config
	for _, in := range c.Instances {
		cfgs = append(cfgs, in.Config)
	}
	d := &differences{cfgs: cfgs}
	d.accounts()
	d.words("operator_groups", operatorWords)
	d.words("applications", applicationWords)
	d.text("server.session.idle", false, func(c *config.Config) string { return shortSpan(c.Server.Session.Idle) })
	d.text("server.session.lifetime", false, func(c *config.Config) string { return shortSpan(c.Server.Session.Lifetime) })
	d.words("server.trusted_proxies", func(c *config.Config) []string { return c.Server.TrustedProxies })
	d.text("organization.id", false, func(c *config.Config) string { return organizationOf(c).ID })
	d.text("organization.product_context", false, func(c *config.Config) string { return organizationOf(c).ProductContext })
	d.text("instance.environment", true, func(c *config.Config) string { return string(c.Instance.Environment) })
	d.text("instance.deployment", true, func(c *config.Config) string { return string(c.Instance.Deployment) })
	d.text("instance.url", true, func(c *config.Config) string { return c.Instance.URL })
	d.text("server.public_url", true, func(c *config.Config) string { return c.Server.PublicURL })
	d.text("server.database", true, func(c *config.Config) string { return c.Server.DatabaseShown() })
	slices.SortStableFunc(d.found, func(a, b Difference) int { return rankUsual(a) - rankUsual(b) })
	return d.found
}

func rankUsual(d Difference) int {
	if d.Usual {
		return 1
	}
	return 0
}

func organizationOf(c *config.Config) usher.Organization {
	if c.Organization == nil {
		return usher.Organization{}
	}
	return *c.Organization
}

// operatorWords names operator groups with their rights.
func operatorWords(c *config.Config) []string {
	var out []string
	for _, g := range c.OperatorGroups {
		text := g.Name
		if len(g.Rights) > 0 {
			rights := slices.Clone(g.Rights)
			slices.Sort(rights)
			text += " (" + strings.Join(rights, ", ") + ")"
		}
		out = append(out, text)
	}
	return out
}

// applicationWords names applications with those whom they let in; their
// addresses are each instance's own.
func applicationWords(c *config.Config) []string {
	var out []string
	for _, a := range c.Applications {
		text := a.Name
		if a.Allow != nil {
			allow := slices.Clone(a.Allow)
			slices.Sort(allow)
			text += " (" + strings.Join(allow, ", ") + ")"
		}
		out = append(out, text)
	}
	return out
}

// differences collects them.
type differences struct {
	cfgs  []*config.Config
	found []Difference
}

// text compares a single value; empty: it is not written.
func (d *differences) text(key string, usual bool, of func(*config.Config) string) {
	values := make([]string, len(d.cfgs))
	for i, c := range d.cfgs {
		values[i] = of(c)
	}
	d.add(key, usual, values)
}

func (d *differences) add(key string, usual bool, values []string) {
	if len(slices.Compact(slices.Clone(values))) == 1 {
		return
	}
	diff := Difference{Key: key, Usual: usual}
	for _, v := range values {
		if v == "" {
			diff.Values = append(diff.Values, Say("nothing"))
			continue
		}
		diff.Values = append(diff.Values, Say("%s", v))
	}
	d.found = append(d.found, diff)
}

// words compares lists, in any order, and shows what not all of them have.
func (d *differences) words(key string, of func(*config.Config) []string) {
	lists := make([][]string, len(d.cfgs))
	for i, c := range d.cfgs {
		lists[i] = of(c)
	}
	count := make(map[string]int)
	for _, l := range lists {
		for _, w := range slices.Compact(slices.Sorted(slices.Values(l))) {
			count[w]++
		}
	}
	diff := Difference{Key: key}
	same := true
	for _, l := range lists {
		var own []string
		for _, w := range l {
			if count[w] < len(lists) && !slices.Contains(own, w) {
				own = append(own, w)
			}
		}
		value := Say("nothing but what all have")
		if len(own) > 0 {
			same = false
			value = Say("besides what all have: %s", strings.Join(own, ", "))
		}
		diff.Values = append(diff.Values, value)
	}
	if !same {
		d.found = append(d.found, diff)
	}
}

// accounts compares the IMS accounts, then those of other providers by name.
func (d *differences) accounts() {
	d.words("external_accounts", accountNames)
	d.account("", func(c *config.Config) int { return IMSAccount(c) })
	seen := make(map[string]bool)
	for _, c := range d.cfgs {
		for i, a := range c.Accounts {
			if i == IMSAccount(c) || a.IMS() || seen[a.InternalName] {
				continue
			}
			seen[a.InternalName] = true
			d.account(a.InternalName+": ", func(c *config.Config) int {
				return slices.IndexFunc(c.Accounts, func(b usher.ExternalAccount) bool { return b.InternalName == a.InternalName && !b.IMS() })
			})
		}
	}
}

func accountNames(c *config.Config) []string {
	var out []string
	for _, a := range c.Accounts {
		out = append(out, a.InternalName)
	}
	return out
}

// account compares one account; where an instance lacks it, it is listed above.
func (d *differences) account(prefix string, at func(*config.Config) int) {
	for _, c := range d.cfgs {
		if at(c) < 0 {
			return
		}
	}
	get := func(key string, usual bool, of func(usher.ExternalAccount) string) {
		d.text(prefix+key, usual, func(c *config.Config) string { return of(c.Accounts[at(c)]) })
	}
	get("type", false, func(a usher.ExternalAccount) string { return string(a.Type) })
	get("enabled", false, func(a usher.ExternalAccount) string {
		if a.Enabled {
			return "true"
		}
		return "false"
	})
	get("product_context", false, func(a usher.ExternalAccount) string {
		if !a.IMS() {
			return ""
		}
		return a.EffectiveProductContext()
	})
	get("ims_server", false, func(a usher.ExternalAccount) string { return strings.TrimRight(a.Server, "/") })
	d.words(prefix+"ims_scopes", func(c *config.Config) []string { return c.Accounts[at(c)].Scopes })
	get("ims_organization_id", false, func(a usher.ExternalAccount) string { return a.OrganizationID })
	get("association_mask", false, func(a usher.ExternalAccount) string { return a.Mask.Text })
	get("groups_claim", false, func(a usher.ExternalAccount) string { return a.GroupsClaim })
	get("experience_cloud_server", false, func(a usher.ExternalAccount) string { return a.ExperienceCloudServer })
	get("experience_cloud_tenant", false, func(a usher.ExternalAccount) string { return a.ExperienceCloudTenant })
	get("ims_client_id", true, func(a usher.ExternalAccount) string { return a.ClientID })
	get("callback_url", true, func(a usher.ExternalAccount) string { return a.CallbackURL })
	d.secret(prefix+"ims_client_secret", at)
}

// secret compares secrets: which are equal is said, never what they are.
func (d *differences) secret(key string, at func(*config.Config) int) {
	diff := Difference{Key: key, Usual: true}
	same := true
	for i, c := range d.cfgs {
		own := c.Accounts[at(c)].ClientSecret
		value := Say("one of its own")
		for _, before := range d.cfgs[:i] {
			if other := before.Accounts[at(before)].ClientSecret; !own.Empty() && own.Equal(other) {
				value = Say("the same as in %s", before.Instance.Name)
				break
			}
		}
		if own.Empty() {
			value = Say("none, or none that can be read here")
		}
		same = same && (i == 0 || own.Equal(d.cfgs[0].Accounts[at(d.cfgs[0])].ClientSecret))
		diff.Values = append(diff.Values, value)
	}
	if !same {
		d.found = append(d.found, diff)
	}
}

// shortSpan writes a duration as people do: 30m, 10h.
func shortSpan(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if t, ok := strings.CutSuffix(text, zero); ok {
			text = t + zero[:1]
		}
	}
	return text
}

// columnNames names the instances, by their files where two have one name.
func (p *printer) columnNames() []string {
	var names []string
	for _, in := range p.report.Case.Instances {
		names = append(names, lookalike.Show(in.Config.Instance.Name))
	}
	if len(unique(names)) < len(names) {
		for i, in := range p.report.Case.Instances {
			names[i] = lookalike.Show(in.Config.File)
		}
	}
	return names
}

// differing writes what the instances differ in, side by side.
func (p *printer) differing() {
	list := Differences(p.report.Case)
	if len(list) == 0 {
		return
	}
	names := p.columnNames()
	for _, usual := range []bool{false, true} {
		head := false
		for _, d := range list {
			if d.Usual != usual {
				continue
			}
			if !head {
				head = true
				p.line("")
				if usual {
					p.line(p.say("The instances differ, as they should, in:"))
				} else {
					p.line(p.say("The instances differ in what is usually the same:"))
				}
			}
			p.line("  " + d.Key)
			for i, v := range d.Values {
				p.sideBySide(names, i, v)
			}
		}
	}
}

// sideBySide writes one instance's value, the names in a column of their own.
func (p *printer) sideBySide(names []string, i int, value Phrase) {
	width := 0
	for _, n := range names {
		width = max(width, lookalike.Columns(n))
	}
	name, hang := names[i], indent+width+2
	p.wrapped(strings.Repeat(" ", indent)+p.paint(colorFaint, name)+strings.Repeat(" ", width-lookalike.Columns(name)+2), hang, hang, lookalike.Show(value.In(p.o.Language)))
}
