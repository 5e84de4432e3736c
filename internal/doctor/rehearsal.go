// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bufio"
	"io"

	"github.com/usher-signin/usher"
)

// Causes writes what was found, as [Text] words it, and nothing around it: for
// a command that shows the evidence itself. Where nobody came back from the
// provider, what could have kept them follows, the likeliest first.
func Causes(w io.Writer, r Report, o Options) error {
	p := &printer{w: bufio.NewWriter(w), o: o, report: r, folded: r.consequences()}
	p.findings()
	for _, in := range r.Case.Instances {
		if a := known(in.Attempt); a != nil && a.Outcome == usher.OutcomeBegun {
			p.candidates()
			break
		}
	}
	return p.w.Flush()
}
