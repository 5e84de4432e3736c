// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"time"
)

// DefaultDir is the demo's folder where no other is chosen.
const DefaultDir = "usher-demo"

// A Person is somebody to sign in as, and what will happen.
type Person struct{ Email, Password, What string }

// Persons are the four of the demo's organization.
func Persons() []Person {
	return []Person{
		{"ana@corp.example", "ana-demo", "Admin: reaches everything"},
		{"dirk@corp.example", "dirk-demo", "Delivery operator: reaches Reports, is refused at Settings by its rule"},
		{"nora@corp.example", "nora-demo", `in no group for this instance: "Login does not have any right matching the expression"`},
		{"bram@corp.example", "bram-demo", "his group has a no-break space in its name: refused; note the reference"},
	}
}

// A Try is a command worth trying.
type Try struct{ Command, What string }

// Tries are three commands to try next.
func Tries(config, dir, usual string) []Try {
	flag := ""
	if dir != usual {
		flag = " --dir " + dir
	}
	return []Try{
		{"explain REFERENCE -c " + config, "why was Bram refused? Shows where the strings part"},
		{"demo break mask" + flag, "breaks the configuration in one character"},
		{"doctor " + config, "finds the break, with the exact edit"},
	}
}

// TLS makes the local authority in dir where there is none, and gives a
// server's settings with a certificate of it.
func TLS(dir string, now time.Time, random io.Reader) (*tls.Config, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of the TLS authority cannot be made: %w; name another one with --dir", err)
	}
	pair, err := authority{dir: dir, now: now, random: random}.certificate()
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}
