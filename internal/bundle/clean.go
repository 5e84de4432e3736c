// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"

	"github.com/usher-signin/usher/internal/config"
)

// A cleaner takes out of texts what must not leave the machine, and counts.
type cleaner struct {
	configs  []*config.Config
	persons  *persons // nil: persons stay as they are
	replaced int      // texts changed since said was asked
}

// text cleans one text of a fact.
func (c *cleaner) text(field, s string) string {
	was := s
	for _, cfg := range c.configs {
		s = cfg.Scrub(s)
	}
	if field == "Arguments" { // a command line: secrets that are not ours, by their names
		s = config.ScrubNamed(s)
	}
	if s != was {
		c.replaced++
	}
	return c.persons.replace(s)
}

// said says what was taken out since it was asked before.
func (c *cleaner) said() string {
	text := ""
	if c.replaced > 0 {
		text = fmt.Sprintf("%d texts held something that was replaced", c.replaced)
		if c.replaced == 1 {
			text = "1 text held something that was replaced"
		}
	}
	c.replaced = 0
	if c.persons != nil {
		text = joined(text, "persons replaced by numbers")
	}
	return text
}

// joined puts two remarks beside each other.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
