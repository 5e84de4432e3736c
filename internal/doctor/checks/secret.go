// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

func secret() []doctor.Check {
	return []doctor.Check{{
		Code: "secret-of-other-instance", Layer: doctor.LayerFile, Severity: usher.SeverityError,
		Holds:    "no secret was copied from another instance",
		Reads:    doctor.Config | doctor.Siblings,
		May:      doctor.Organization,
		Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Sometimes},
		Judge:    secretOfOther,
	}}
}

// secretOfOther finds a secret that two clients share: a secret belongs to one
// client, so one of the two was copied.
func secretOfOther(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for _, a := range e.InUse() {
		if listed, known := listedSecret(a); a.ClientSecret.Empty() || known && listed {
			continue
		}
		for _, other := range e.Siblings() {
			if other == cfg {
				continue
			}
			for _, b := range other.Accounts {
				if b.ClientID == a.ClientID || b.ClientSecret.Empty() || !a.ClientSecret.Equal(b.ClientSecret) {
					continue
				}
				out = append(out, doctor.Fail(a.InternalName, "the client secret is that of %s, another client", other.Instance.Name).
					Found(doctor.Say("the secret of %s", quoted(b.ClientID)), doctor.Say("the secret of %s", quoted(a.ClientID))).At(a.Place("ims_client_secret")).
					Elsewhere("copy the secret of %s from the provider into the file where it is wrong", quoted(a.ClientID)))
			}
		}
	}
	return out
}

// othersMayRead are the permission bits by which everybody on the machine reads a file.
const othersMayRead = 0o004

func fileExposed(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	expose := func(name string, place usher.Place, mode uint32) {
		if mode&othersMayRead != 0 {
			out = append(out, doctor.Fail(name, "everybody on this machine may read %s, which holds a secret", name).
				Found(doctor.Say("mode %s", octal(mode)), doctor.Say("mode 0600")).At(place).Elsewhere("chmod 600 %s", name))
		}
	}
	for i := range cfg.Accounts {
		if s := cfg.Secret(i); s.Source == config.SecretFile {
			expose(s.Name, s.Place, uint32(s.Mode.Perm()))
		}
	}
	for _, f := range e.Files() {
		switch {
		case f.Key == "server.key_file", f.Key == "server.tls.key_file", strings.HasSuffix(f.Key, ".upstream_tls.key_file"):
			expose(f.Name, cfg.At(f.Key), f.Mode)
		case f.Key == "" && holdsSecret(cfg):
			expose(f.Name, usher.Place{File: cfg.File}, f.Mode)
		}
	}
	return out
}

func octal(mode uint32) string {
	digits := "0"
	for shift := 6; shift >= 0; shift -= 3 {
		digits += string(rune('0' + mode>>shift&7))
	}
	return digits
}

func holdsSecret(cfg *config.Config) bool {
	for i := range cfg.Accounts {
		if cfg.Secret(i).Source == config.SecretPlain {
			return true
		}
	}
	return false
}
