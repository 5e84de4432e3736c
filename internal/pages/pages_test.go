// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"testing"
)

func TestEverySample(t *testing.T) {
	p, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages() {
		for _, s := range Gallery() {
			if _, err := p.HTML(lang, s.Frame, s.View); err != nil {
				t.Errorf("%s in %s: %v", s.Name, lang, err)
			}
		}
	}
}
