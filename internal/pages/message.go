// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"fmt"
	"html/template"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/usher-signin/usher"
)

// A text is one sentence in every language. {} stands for what is put in.
type text struct{ en, nl string }

func (t text) in(lang string) string {
	if lang == "nl" {
		return t.nl
	}
	return t.en
}

// said is a text with what is put into it.
type said struct {
	text text
	args []any
}

// tables are all the words that pages are made of.
type tables struct {
	messages map[string]text
	persons  map[usher.Code]told
	kinds    map[kind]manner
	problems problemTables
}

func newTables() tables {
	return tables{messages: messages(), persons: persons(), kinds: kinds(), problems: newProblemTables()}
}

// say takes a message of the table. A key that is not there is found by a test.
func (w tables) say(key string, args ...any) said { return said{w.messages[key], args} }

// language is the tables in one language, as templates use them.
type language struct {
	tables
	lang string
}

func (w tables) in(lang string) language { return language{w, lang} }

func (l language) functions() template.FuncMap {
	return template.FuncMap{
		"t":        l.message,
		"say":      l.markup,
		"plain":    l.plain,
		"contact":  l.contact,
		"duration": l.duration,
		"clock":    l.clock,
		"short":    short,
		"initial":  initial,
		"listed":   listed,
		"icon":     drawing(icons()),
		"ticket":   newTicket,
		"refusal":  l.refusal,
		"problem":  l.situation,
		"vendor":   vendorSays,
		"sign":     l.sign,
	}
}

// message gives a message of the table, by its key.
func (l language) message(key string, args ...any) (template.HTML, error) {
	if _, ok := l.messages[key]; !ok {
		return "", fmt.Errorf("there is no message %q", key)
	}
	return l.markup(l.say(key, args...))
}

// markup writes a text, with what is put in escaped and set apart, so that the
// direction of a name does not turn the sentence around it.
func (l language) markup(s said) (template.HTML, error) {
	parts := strings.Split(s.text.in(l.lang), "{}")
	if len(parts) != len(s.args)+1 || parts[0] == "" && len(parts) == 1 {
		return "", fmt.Errorf("the text %q has %d places for %d values", s.text.en, len(parts)-1, len(s.args))
	}
	var b strings.Builder
	for i, part := range parts {
		b.WriteString(template.HTMLEscapeString(part))
		if i == len(s.args) {
			break
		}
		switch arg := s.args[i].(type) {
		case template.HTML:
			b.WriteString(string(arg))
		default:
			b.WriteString("<bdi>" + template.HTMLEscapeString(short(fmt.Sprint(arg))) + "</bdi>")
		}
	}
	return template.HTML(b.String()), nil //nolint:gosec // every part is escaped above
}

// plain writes a text without any markup, for titles.
func (l language) plain(s said) string {
	out := s.text.in(l.lang)
	for _, arg := range s.args {
		out = strings.Replace(out, "{}", short(fmt.Sprint(arg)), 1)
	}
	return out
}

// mostShown bounds how many characters of a name are shown.
const mostShown = 120

func short(text string) string {
	if utf8.RuneCountInString(text) <= mostShown {
		return text
	}
	return string([]rune(text)[:mostShown-1]) + "…"
}

// contact makes a link of an e-mail address or a web address, and leaves any
// other phrase as it is. A mail begins with the reference in its subject.
func (l language) contact(contact, reference string) template.HTML {
	if contact == "" {
		return template.HTML(template.HTMLEscapeString(l.messages["contact.nobody"].in(l.lang))) //nolint:gosec // escaped
	}
	href := ""
	if a, err := mail.ParseAddress(contact); err == nil && a.Address == contact {
		href = (&url.URL{Scheme: "mailto", Opaque: url.PathEscape(contact)}).String()
		if reference != "" {
			href += "?subject=" + url.PathEscape(l.messages["reference.label"].in(l.lang)+" "+reference)
		}
	} else if u, err := url.Parse(contact); err == nil && u.Scheme == "https" && u.Host != "" {
		href = u.String()
	}
	name := "<bdi>" + template.HTMLEscapeString(short(contact)) + "</bdi>"
	if href == "" {
		return template.HTML(name) //nolint:gosec // escaped
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(href) + `">` + name + "</a>") //nolint:gosec // escaped
}

// clock writes a time of day with its zone, and the date too where that is not
// today's.
func (l language) clock(at, now time.Time) template.HTML {
	shown := at.Format("15:04 MST")
	if !now.IsZero() && at.Format(time.DateOnly) != now.In(at.Location()).Format(time.DateOnly) {
		shown = fmt.Sprintf("%d %s, %s", at.Day(), l.month(at.Month()), shown)
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, at.Format(time.RFC3339), template.HTMLEscapeString(shown))) //nolint:gosec // escaped
}

func (l language) month(m time.Month) string {
	return strings.Fields(l.messages["months"].in(l.lang))[m-1]
}

// duration writes a length of time in words, to the minute.
func (l language) duration(d time.Duration) string {
	minutes := int((max(d, 0) + 30*time.Second) / time.Minute)
	days, hours, minutes := minutes/(24*60), minutes/60%24, minutes%60
	var parts []string
	for _, p := range []struct {
		n        int
		one, any string
	}{{days, "day", "days"}, {hours, "hour", "hours"}, {minutes, "minute", "minutes"}} {
		if p.n == 0 || p.any == "minutes" && days > 0 {
			continue
		}
		unit := p.any
		if p.n == 1 {
			unit = p.one
		}
		parts = append(parts, fmt.Sprintf("%d %s", p.n, l.messages["unit."+unit].in(l.lang)))
	}
	if len(parts) == 0 {
		return l.messages["unit.soon"].in(l.lang)
	}
	return strings.Join(parts, " "+l.messages["unit.and"].in(l.lang)+" ")
}
