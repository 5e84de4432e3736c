// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"testing"

	"github.com/usher-signin/usher"
)

// What the doctor finds of names, the gate refuses, and nothing else.
func TestNamesThatTheGateRefusesAreFound(t *testing.T) {
	for _, h := range []usher.HeaderNames{
		{}, {Set: usher.HeadersRemote}, {Set: usher.HeadersAuthRequest}, {Set: "none"}, {Subject: "X-User"}, {Rights: "X-Rights", Account: "X-Account", Provider: "X-Provider"},
		{Subject: "Host"}, {Subject: "authorization"}, {Email: "Cookie"}, {Name: "X-Forwarded-For"}, {Groups: "Sec-Groups"}, {Rights: "X-Usher-Rights"}, {Account: "Proxy-User"},
		{Subject: "X-Forwarded-Email"}, {Subject: "x-forwarded-email", Email: "X-Mail"}, {Set: usher.HeadersRemote, Email: "Remote-User"}, {Rights: "X-A", Account: "x-a"},
		{Subject: "X-User", Email: "X-USER"}, {Subject: "X User"}, {Subject: "X-ÜSER"}, {Subject: "X_User"}, {Provider: "Content-Length"}, {Name: "Access-Control-Name"},
	} {
		key, name, _ := h.Unusable()
		apps := testApplications("http://127.0.0.1:1")[:1]
		apps[0].Headers = h
		_, _, err := layouts(apps, DefaultHeaders())
		if (key == "") != (err == nil) {
			t.Errorf("%+v: the doctor finds %q of %q, the gate says %v", h, name, key, err)
		}
		if err != nil {
			continue
		}
		resolved, _ := h.Resolve()
		headers, err := HeadersOf(apps[0])
		if err != nil {
			t.Fatal(err)
		}
		want := map[Field]string{FieldSubject: resolved.Subject, FieldEmail: resolved.Email, FieldName: resolved.Name, FieldGroups: resolved.Groups,
			FieldRights: resolved.Rights, FieldAccount: resolved.Account, FieldProvider: resolved.Provider}
		for _, header := range headers {
			if want[header.Field] != header.Name {
				t.Errorf("%+v: the gate has %s in %q, the words have %q", h, header.Field, header.Name, want[header.Field])
			}
			delete(want, header.Field)
		}
		for field, name := range want {
			if name != "" {
				t.Errorf("%+v: the words have %s in %q, the gate does not", h, field, name)
			}
		}
	}
}
