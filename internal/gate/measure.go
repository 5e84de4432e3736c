// SPDX-License-Identifier: Apache-2.0

package gate

import "context"

// judge decides, and measures how long that took.
func (g *Guard) judge(ctx context.Context, rules *Rules, q *Request, glance bool, j *judgement) {
	began := g.opts.Now()
	g.decide(ctx, rules, q, began, glance, j)
	j.at = began
	if g.opts.Measure != nil {
		j.at = g.opts.Now()
		g.opts.Measure(j.at.Sub(began))
	}
}
