// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// openidcModule is where Debian's libapache2-mod-auth-openidc puts the module.
const openidcModule = "/usr/lib/apache2/modules/mod_auth_openidc.so"

// serveApache starts Apache with mod_auth_openidc, sessions in shared memory,
// and signs somebody in through it at the same provider.
func (b *bench) serveApache(ctx context.Context, port string) (*process, string, error) {
	dir := filepath.Join(b.dir, "apache")
	if err := os.MkdirAll(filepath.Join(dir, "root"), 0o755); err != nil { //nolint:gosec // its workers run as another user
		return nil, "", err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { //nolint:gosec // as above; what is secret has modes of its own
		return nil, "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "root", "check"), nil, 0o644); err != nil { //nolint:gosec // as above
		return nil, "", err
	}
	var modules strings.Builder
	for _, m := range []string{"mpm_event", "authn_core", "authz_core", "authz_user", "unixd", "headers", "auth_openidc"} {
		if _, err := os.Stat("/usr/lib/apache2/modules/mod_" + m + ".so"); err == nil { // some are built in
			fmt.Fprintf(&modules, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", m, m)
		}
	}
	text := fmt.Sprintf(`ServerName localhost
ServerRoot %[1]s
PidFile %[1]s/apache.pid
ErrorLog %[1]s/error.log
Mutex file:%[1]s
DocumentRoot %[1]s/root
%[2]s
User www-data
Group www-data
Listen 127.0.0.1:%[3]s
StartServers 8
MinSpareThreads 1
MaxSpareThreads 512
ThreadsPerChild 64
MaxRequestWorkers 512
ServerLimit 8
MaxKeepAliveRequests 0
KeepAliveTimeout 60
LogFormat "%%h %%u %%t \"%%r\" %%>s %%b" common
CustomLog %[1]s/access.log common
OIDCProviderMetadataURL %[4]s/ims/.well-known/openid-configuration
OIDCClientID bench
OIDCClientSecret bench-s3cret
OIDCProviderTokenEndpointAuth client_secret_post
OIDCScope "openid AdobeID"
OIDCPKCEMethod S256
OIDCRedirectURI http://localhost:%[3]s/oidc/callback
OIDCCryptoPassphrase bench-passphrase
OIDCSSLValidateServer Off
OIDCSessionType server-cache
OIDCCacheType shm
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
`, dir, modules.String(), port, b.provider)
	file := filepath.Join(dir, "apache.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, "", err
	}
	p, err := b.start(ctx, serverCPU, "apache.log", "127.0.0.1:"+port, "/usr/sbin/apache2", "-f", file, "-DFOREGROUND")
	if err != nil {
		return nil, "", err
	}
	v, err := b.visitor("")
	if err != nil {
		return nil, "", err
	}
	address := "http://localhost:" + port + "/check"
	status, body, err := v.open(ctx, address)
	if err != nil || status != http.StatusOK || v.last.String() != address {
		log, _ := os.ReadFile(filepath.Join(dir, "error.log")) //nolint:gosec // our own file
		return nil, "", fmt.Errorf("nobody could sign in through mod_auth_openidc: %w, %d at %s\n%.300s\n%s", err, status, v.last.Path, body, log)
	}
	cookie, err := v.cookies(address)
	return p, cookie, err
}
