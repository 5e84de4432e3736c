// SPDX-License-Identifier: Apache-2.0

package gate

import "context"

// judge decides, and measures how long that took.
func (g *Guard) judge(ctx context.Context, rules *Rules, q *Request, glance bool) judgement {
	if g.opts.Measure == nil {
		return g.decide(ctx, rules, q, glance)
	}
	began := g.opts.Now()
	j := g.decide(ctx, rules, q, glance)
	g.opts.Measure(g.opts.Now().Sub(began))
	return j
}
