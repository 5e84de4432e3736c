// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/clienttls"
)

// filesEvery is how often the files of a connection's TLS are looked at for
// renewals. Connections that stand keep what they were made with.
const filesEvery = 10 * time.Second

// fileStamps tells whether the files are the same as before.
type fileStamps [3]struct {
	size int64
	at   time.Time
}

func stampsOf(t usher.UpstreamTLS) (s fileStamps) {
	for i, path := range []string{t.CAFile, t.CertFile, t.KeyFile} {
		if info, err := os.Stat(path); path != "" && err == nil {
			s[i].size, s[i].at = info.Size(), info.ModTime()
		}
	}
	return s
}

// checkUpstream refuses settings that no connection can be made with.
func checkUpstream(app *usher.Application) error {
	if app.UpstreamTLS == (usher.UpstreamTLS{}) {
		return nil
	}
	switch key := app.UnusableTLS(); key {
	case "":
	case "upstream":
		return errors.New("upstream_tls is set, and the upstream is not https://: the connection would be in the clear")
	default:
		return fmt.Errorf("upstream_tls has no %s: cert_file and key_file go together: give both or neither", key)
	}
	_, err := clienttls.Config(app.UpstreamTLS, nil)
	return err
}
