// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// A pasted text is judged over the configuration: what is confirmed first,
// then what is not known with what would settle it, then what is ruled out.
func TestPastedText(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "a.yaml", strings.Replace(canaryFile, "product_context: dma_campagne_classic", "product_context: dma_campaign_classic", 1))
	out, _, status := run(t, "", "explain", "“Login heeft geen recht\ndat de uitdrukking aanpast”", "-c", "a.yaml")
	if status != 0 {
		t.Fatalf("status %d", status)
	}
	at := 0
	for _, part := range []string{"Login heeft geen recht dat de uitdrukking aanpast", "the vendor's sentence", "E mask-blanks", "user-not-in-group: the usual cause; to settle: usher doctor a.yaml --user EMAIL", "ruled out"} {
		i := strings.Index(out[at:], part)
		if i < 0 {
			t.Fatalf("%q is missing, or comes too early:\n%s", part, out)
		}
		at += i
	}
	out, _, status = run(t, "", "explain", "-o", "json", "-c", "a.yaml", "AADSTS7000215: Invalid client secret provided")
	var answer struct {
		Recognized []struct{ Quote, Says, Symptom string }
		Results    []struct{ Code, Status string }
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil || status != 0 {
		t.Fatalf("status %d, %v:\n%s", status, err, out)
	}
	if len(answer.Recognized) != 1 || answer.Recognized[0].Quote != "AADSTS7000215" || len(answer.Results) == 0 || answer.Results[0].Code != "client-secret-wrong" {
		t.Errorf("got %+v", answer)
	}
}

func TestPastedTextWithoutConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	out, _, status := run(t, "", "explain", "AADSTS50011: The redirect URI does not match")
	if status != 0 || !strings.Contains(out, "callback-not-listed: the usual cause") || !strings.Contains(out, "usher explain callback-not-listed") || strings.Contains(out, "mask-") {
		t.Errorf("status %d:\n%s", status, out)
	}
	out, errs, status := run(t, "", "explain", "the printer is out of paper")
	if status != 2 || out != "" || !strings.Contains(errs, "nothing in this text is known") || !strings.Contains(errs, "usher doctor FILE") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
