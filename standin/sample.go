// SPDX-License-Identifier: Apache-2.0

package standin

// Sample is the organization of a fictitious company: one client for an
// instance at campaign.corp.example (and for any port of localhost), one for
// technical accounts, four people, one of whom is in no product profile. The
// password is not checked.
func Sample() Organization {
	return Organization{
		ID:             "0123456789ABCDEF01234567@AdobeOrg",
		Name:           "Corp Example",
		ProductContext: "dma_campaign_classic",
		Tenant:         "corp",
		Clients: []Client{
			{
				ID:                 "Campaign1",
				Secrets:            []string{"s3cret"},
				CallbackURLs:       []string{"https://campaign.corp.example/usher/callback"},
				CallbackPatterns:   []string{`https://(localhost|127\.0\.0\.1)(:[0-9]+)?/.*`},
				DefaultRedirectURL: adobeCom,
				Scopes: []string{
					"openid", "AdobeID", "email", "profile", "session", "offline_access", "read_organizations",
					"additional_info.projectedProductContext", "additional_info.roles",
				},
			},
			{
				ID:      "Technical1",
				Secrets: []string{"t3chnical"},
				Scopes: []string{
					"openid", "AdobeID", "read_organizations", "user_management_sdk",
					"additional_info.projectedProductContext", "additional_info.roles",
				},
			},
		},
		Groups: []Group{
			{Name: "Campaign - corp - Admin", Members: []string{"ana@corp.example"}, Description: "Runs the instance"},
			{Name: "Campaign - corp - Delivery operators", Members: []string{"ana@corp.example", "ben@corp.example"}, Description: "Prepares and starts deliveries"},
			{Name: "Analytics - readers", Members: []string{"cho@corp.example"}, Description: "Another product"},
		},
		Users: []User{
			{Email: "ana@corp.example", Name: "Ana Lima"},
			{Email: "ben@corp.example", Name: "Ben Okafor"},
			{Email: "cho@corp.example", Name: "Cho Min"},
			{Email: "dee@corp.example", Name: "Dee Novak"},
		},
	}
}
