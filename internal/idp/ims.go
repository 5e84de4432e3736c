// SPDX-License-Identifier: Apache-2.0

package idp

// What is particular about Adobe IMS (Adobe's developer documentation of user
// authentication, and the sources of Adobe's own clients):
//
//   - Metadata lies below /ims/, not at the issuer's root, and names the server
//     as issuer; some ID tokens name the server followed by /ims. Both are
//     accepted, and nothing else. A trailing slash on the server is no fault.
//   - The two production hosts are names of one service, and which of them an
//     account's answers name is not documented. An account on one of them
//     therefore accepts both as issuer; the keys still come from the server
//     that the account names.
//   - Where the metadata is not found (404) the documented addresses are used;
//     [Metadata].Documented says so.
//   - Scopes are joined with commas. The token call carries no redirect_uri,
//     as none of the vendor's clients sends it, and the secret in the body.
//   - expires_in was in milliseconds in version 1, and is in seconds since.
//   - The access token is a JWT without iss, aud or exp. It is read for its
//     scopes only, and only when its signature holds.

const (
	imsMetadataPath  = "/ims/.well-known/openid-configuration"
	imsLogoutPath    = "/ims/logout/v1"
	imsInvalidate    = "/ims/invalidate_token/v2"
	imsProfile       = "/ims/profile/v3"
	imsProfileOld    = "/ims/profile/v1"
	imsOrganizations = "/ims/organizations/v6"
	imsOrgsOld       = "/ims/organizations/v5"
)

// documentedMetadata is what the vendor's documentation says of every IMS server.
func documentedMetadata(server string) *Metadata {
	return &Metadata{
		Issuer:                server,
		AuthorizationEndpoint: server + "/ims/authorize/v2",
		TokenEndpoint:         server + "/ims/token/v3",
		UserinfoEndpoint:      server + "/ims/userinfo/v2",
		RevocationEndpoint:    server + "/ims/revoke",
		JWKSURI:               server + "/ims/keys",
		AuthMethods:           []string{"client_secret_basic", "client_secret_post"},
		SigningAlgorithms:     []string{"RS256"},
		Documented:            true,
	}
}

// issuers lists who may have issued what the account's provider sends.
func (c *Client) issuers() []string { return c.account.Issuers() }

// maxIMSSeconds is the documented life of an IMS access token. A larger number
// can only be the milliseconds of the old endpoints.
const maxIMSSeconds = 86400

func imsSeconds(n float64) float64 {
	if n > maxIMSSeconds {
		return n / 1000
	}
	return n
}
