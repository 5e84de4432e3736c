// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"slices"
	"strconv"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
)

func keys() []doctor.Check {
	after := doctor.SymptomErrorAfterLogin
	set := func(code usher.Code, severity usher.Severity, holds string, judge func(doctor.Account, *doctor.KeySet) (doctor.Ruling, bool), before ...usher.Code) doctor.Check {
		return doctor.Check{Code: code, Layer: doctor.LayerIdentity, Severity: severity, Holds: holds, Reads: doctor.Config | doctor.Keys, After: before,
			Explains: doctor.Signs{after: doctor.Sometimes}, Field: "ims_server", Judge: eachKeySet(judge)}
	}
	e, w := usher.SeverityError, usher.SeverityWarning
	stale := set("keys-stale", w, "the gateways know the provider's keys", keysStale, "keys-unreachable")
	stale.Blind = gatewaysKeepToThemselves(func(a doctor.Account) bool { k := a.Keys(); return k != nil && k.Running != nil })
	return []doctor.Check{
		set("keys-unreachable", e, "the provider's keys can be fetched", keysUnreachable, usher.CodeProviderMetadata, "discovery-endpoint-host", "discovery-endpoint-http", "name-not-found"),
		set("keys-empty", e, "the provider has keys to verify signatures with", keysEmpty, "keys-unreachable"),
		set("keys-private", e, "the provider keeps its private keys to itself", keysPrivate),
		set("keys-weak", e, "the provider's keys are long enough", keysWeak),
		set("keys-ambiguous", w, "no two keys have one id", keysAmbiguous),
		stale,
	}
}

func eachKeySet(judge func(doctor.Account, *doctor.KeySet) (doctor.Ruling, bool)) func(*doctor.Evidence) []doctor.Ruling {
	return func(e *doctor.Evidence) []doctor.Ruling {
		var out []doctor.Ruling
		for _, a := range e.InUse() {
			k := a.Keys()
			if k == nil {
				continue
			}
			if r, ok := judge(a, k); ok {
				out = append(out, r.At(a.Place("ims_server")))
			}
		}
		return out
	}
}

func keysUnreachable(a doctor.Account, k *doctor.KeySet) (doctor.Ruling, bool) {
	if k.Status == 200 && k.Invalid == "" {
		return doctor.Ruling{}, false
	}
	saw := status(k.Status)
	if k.Invalid != "" {
		saw = doctor.Say("%s, %s", saw, doctor.Heard(k.Invalid))
	}
	return doctor.Fail(a.InternalName, "the provider's keys cannot be fetched from %s", k.URL).Found(saw, doctor.Say("a key set")).
		Elsewhere("see what answers there; a firewall may let the one host pass and not the other"), true
}

func keysEmpty(a doctor.Account, k *doctor.KeySet) (doctor.Ruling, bool) {
	if k.Status != 200 || k.Invalid != "" { // another check's finding, and nothing is known of the keys
		return doctor.Ruling{}, false
	}
	if slices.ContainsFunc(k.Keys, func(key doctor.Key) bool { return key.Use == "sig" || key.Use == "" }) {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider publishes no key for signatures").Found(doctor.Say("%s keys, none for signatures", strconv.Itoa(len(k.Keys))), doctor.Say("one at least")).
		Elsewhere("this is the provider's to mend"), true
}

func pick(k *doctor.KeySet, bad func(doctor.Key) bool) []string {
	var out []string
	for _, key := range k.Keys {
		if bad(key) {
			out = append(out, quoted(key.ID))
		}
	}
	return out
}

func keysPrivate(a doctor.Account, k *doctor.KeySet) (doctor.Ruling, bool) {
	ids := pick(k, func(key doctor.Key) bool { return key.Private })
	if len(ids) == 0 {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider publishes the private half of a key: anybody can make tokens").Found(strings.Join(ids, ", "), doctor.Say("public keys only")).
		Elsewhere("tell whoever runs the provider, at once: the key must be replaced"), true
}

// weakest is the length below which an RSA key is not taken (RFC 7518 section 3.3).
const weakest = 2048

func keysWeak(a doctor.Account, k *doctor.KeySet) (doctor.Ruling, bool) {
	ids := pick(k, func(key doctor.Key) bool {
		return key.Type == "RSA" && key.Bits > 0 && key.Bits < weakest && key.Use != "enc"
	})
	if len(ids) == 0 {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider signs with a key that is too short").Found(strings.Join(ids, ", "), doctor.Say("2048 bits at least")).
		Elsewhere("this is the provider's to mend: a longer key"), true
}

func keysAmbiguous(a doctor.Account, k *doctor.KeySet) (doctor.Ruling, bool) {
	first := make(map[string]string)
	for _, key := range k.Keys {
		if before, ok := first[key.ID]; ok && key.ID != "" && before != key.Thumbprint {
			return doctor.Fail(a.InternalName, "the provider publishes different keys under one id").Found(doctor.Say("twice %s", quoted(key.ID)), doctor.Say("an id for each key")).
				Elsewhere("this is the provider's to mend; sign-ins fail whenever the other key is tried"), true
		}
		first[key.ID] = key.Thumbprint
	}
	return doctor.Ruling{}, false
}

func keysStale(a doctor.Account, k *doctor.KeySet) (doctor.Ruling, bool) {
	if k.Running == nil {
		return doctor.Ruling{}, false
	}
	var news []string
	for _, key := range k.Keys {
		if key.Use != "enc" && !slices.Contains(k.Running, key.Thumbprint) {
			news = append(news, quoted(key.ID))
		}
	}
	if len(news) == 0 {
		return doctor.Ruling{}, false
	}
	return doctor.Fail(a.InternalName, "the provider has keys that a running gateway does not know yet").Found(doctor.Say("unknown: %s", strings.Join(news, ", ")), doctor.Say("the keys at %s", k.URL)).
		Elsewhere("the gateway fetches them when it meets the first token; if that fails, let it reach %s", k.URL), true
}
