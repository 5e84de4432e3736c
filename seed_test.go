// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// seeded gives a source of randomness and says how to have the same one again.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("USHER_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("USHER_TEST_SEED: %v", err)
		}
	}
	t.Logf("run again with USHER_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
