// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"net/http"
	"time"

	"github.com/usher-signin/usher"
)

// A Sample is a page with canned data.
type Sample struct {
	Name   string // unique: the page's name, and what is special about it
	Status int
	Frame  Frame
	View   View
}

// Gallery lists every page in every variant, so that all can be looked at, and
// tested, without a server.
func Gallery() []Sample {
	var all []Sample
	for _, part := range [][]Sample{galleryChoose(), galleryRefused(), galleryStopped(), galleryProblems(), galleryHome(), galleryOut()} {
		all = append(all, part...)
	}
	return all
}

func sampleFrame() Frame {
	return Frame{Instance: "Campaign", Environment: "production", Contact: "servicedesk@corp.example"}
}

func stageFrame() Frame {
	return Frame{Instance: "Campaign rehearsal", Environment: "stage", Contact: "the service desk, extension 1234"}
}

func deskFrame() Frame { return Frame{Instance: "campaign-desk", Environment: "development"} }

func sampleNow() time.Time { return time.Date(2026, time.November, 23, 10, 55, 0, 0, time.UTC) }

const sampleReference = usher.Reference("7F3K-9QXM")

func galleryChoose() []Sample {
	one := []Account{{"Adobe Experience Cloud", "/usher/signin?account=Adobe_Experience_Cloud"}}
	several := append(one, Account{"Corp directory", "/usher/signin?account=corp"}, Account{"Suppliers", "/usher/signin?account=suppliers"})
	down := Notice{Kind: NoticeProviderDown, Since: sampleNow().Add(-13 * time.Minute), Now: sampleNow()}
	return []Sample{
		{"choose-one", http.StatusOK, sampleFrame(), Choose{Accounts: one, ReturnTo: "reports"}},
		{"choose-several", http.StatusOK, stageFrame(), Choose{Accounts: several, ReturnTo: "reports"}},
		{"choose-provider-down", http.StatusOK, sampleFrame(), Choose{Accounts: one, Notice: down}},
		{"choose-provider-down-yesterday", http.StatusOK, sampleFrame(), Choose{Accounts: one,
			Notice: Notice{Kind: NoticeProviderDown, Since: sampleNow().Add(-20 * time.Hour), Now: sampleNow()}}},
		{"choose-provider-down-unknown", http.StatusOK, deskFrame(), Choose{Accounts: one, Notice: Notice{Kind: NoticeProviderDown}}},
		{"choose-signed-out", http.StatusOK, sampleFrame(), Choose{Accounts: several, Notice: Notice{Kind: NoticeSignedOut}}},
		{"choose-ended", http.StatusOK, deskFrame(), Choose{Accounts: one, ReturnTo: "settings", Notice: Notice{Kind: NoticeEnded}}},
		{"choose-none", http.StatusOK, deskFrame(), Choose{}},
	}
}

func galleryRefused() []Sample {
	const again = "/usher/signin"
	refused := func(name string, status int, f Frame, v Refused) Sample {
		v.Again = again
		return Sample{"refused-" + name, status, f, v}
	}
	return []Sample{
		refused("rights", http.StatusForbidden, sampleFrame(), Refused{Code: usher.CodeUserNotInGroup, Reference: sampleReference}),
		refused("rights-openid", http.StatusForbidden, stageFrame(), Refused{Code: usher.CodeNameMisspelled, Reference: sampleReference, OpenID: true}),
		refused("another", http.StatusForbidden, stageFrame(), Refused{Code: usher.CodeOrganizationMismatch, Reference: sampleReference}),
		refused("again", http.StatusBadRequest, sampleFrame(), Refused{Code: usher.CodeStateExpired, Reference: sampleReference}),
		refused("waiting", http.StatusServiceUnavailable, sampleFrame(), Refused{Code: usher.CodeProviderUnreachable, Reference: sampleReference}),
		refused("settings", http.StatusForbidden, deskFrame(), Refused{Code: usher.CodeClientIDUnknown, Reference: sampleReference}),
		refused("no-reference", http.StatusServiceUnavailable, sampleFrame(), Refused{Code: usher.CodeSessionStoreDown}),
		refused("unknown-code", http.StatusForbidden, Frame{}, Refused{Code: "never-heard-of", Reference: sampleReference}),
	}
}

func galleryStopped() []Sample {
	samples := []Sample{
		{"notallowed", http.StatusForbidden, sampleFrame(), NotAllowed{Application: "settings", Operator: "Dirk Visser", Reference: sampleReference}},
		{"notallowed-nobody", http.StatusForbidden, Frame{Instance: "Campaign", Contact: "https://help.corp.example/access"}, NotAllowed{Application: "settings"}},
	}
	for _, reason := range []LoopReason{LoopPlain, LoopCookies, LoopTwice, LoopEnded, LoopHost, LoopFront} {
		samples = append(samples, Sample{"loop-" + string(reason), http.StatusConflict, sampleFrame(), sampleLoop(reason)})
	}
	several := sampleLoop(LoopFront)
	several.Reasons = append(several.Reasons, sampleLoop(LoopTwice).Reasons...)
	unknown := sampleLoop("")
	unknown.Reasons = nil
	samples = append(samples, Sample{"loop-several", http.StatusConflict, sampleFrame(), several},
		Sample{"loop-unknown", http.StatusConflict, sampleFrame(), unknown})
	return samples
}

func sampleLoop(reason LoopReason) LoopStopped {
	const host, time = "campaign.corp.example", "10:54:31"
	seen := map[LoopReason][]LoopSeen{
		LoopPlain:   {{SignPlain, []any{"http://reports.corp.example/weekly"}}, {SignProto, []any{"10.1.2.3"}}},
		LoopCookies: {{SignLostSession, []any{time}}, {SignNoSession, []any{host}}, {SignNoCookie, nil}},
		LoopTwice:   {{SignTwice, []any{2, host}}, {SignOther, []any{time}}},
		LoopEnded:   {{SignEnded, []any{time}}},
		LoopHost:    {{SignOtherHost, []any{"reports.corp.example", host}}},
		LoopFront:   {{SignHere, []any{host}}, {SignUntrusted, []any{"10.1.2.3"}}},
	}
	return LoopStopped{Reasons: []LoopWhy{{Reason: reason, Seen: seen[reason]}}, Reference: sampleReference, Again: "/usher/signin",
		Seen: []LoopSeen{{SignRounds, []any{4, 3}}, {SignNothingFound, nil}}}
}

func galleryProblems() []Sample {
	problem := func(name string, v Problem) Sample { return Sample{"problem-" + name, v.Status, sampleFrame(), v} }
	const id = "5f2c9a4e11d07b36"
	return []Sample{
		problem("400", Problem{Status: 400, RequestID: id, SignIn: "/usher/signin"}),
		problem("400-code", Problem{Status: 400, Code: usher.CodeRequestNotCanonical, Reference: string(sampleReference), RequestID: id, SignIn: "/usher/signin"}),
		problem("401", Problem{Status: 401, SignIn: "/usher/signin"}),
		problem("403", Problem{Status: 403, RequestID: id}),
		problem("404", Problem{Status: 404, RequestID: id}),
		problem("405", Problem{Status: 405}),
		problem("413", Problem{Status: 413}),
		problem("414", Problem{Status: 414}),
		problem("421", Problem{Status: 421}),
		problem("429", Problem{Status: 429, Wait: 20}),
		problem("431", Problem{Status: 431}),
		problem("500", Problem{Status: 500, Reference: id, RequestID: id}),
		problem("502", Problem{Status: 502, RequestID: id}),
		problem("503", Problem{Status: 503, RequestID: id, Wait: 5}),
		problem("504", Problem{Status: 504, RequestID: id}),
		problem("418-other", Problem{Status: 418}),
		problem("599-other", Problem{Status: 599}),
		problem("not-covered", Problem{Status: 403, Kind: "not-covered"}),
		problem("malformed", Problem{Status: 400, Kind: "malformed", Reference: string(sampleReference)}),
		problem("untold", Problem{Status: 403, Kind: "untold", Reference: string(sampleReference)}),
		problem("signed-out", Problem{Status: 401, Kind: "signed-out", SignIn: "/usher/signin"}),
		problem("unavailable", Problem{Status: 503, Kind: "unavailable"}),
		problem("again", Problem{Status: 503, Kind: "again"}),
		problem("no-upstream", Problem{Status: 502, Kind: "no-upstream"}),
		problem("too-slow", Problem{Status: 504, Kind: "too-slow"}),
		problem("body", Problem{Status: 400, Kind: "body"}),
		problem("not-here", Problem{Status: 421, Kind: "not-here"}),
		problem("method", Problem{Status: 405, Kind: "method"}),
	}
}

func galleryHome() []Sample {
	full := Home{Name: "Ana Lima", Email: "ana@corp.example", Groups: []string{"Admin", "Delivery operators"},
		Rights: []string{"ADMINISTRATION", "PREPARE DELIVERIES", "START DELIVERIES"},
		Applications: []Open{{"reports", "https://reports.corp.example/", true}, {"settings", "https://campaign.corp.example/settings/", true},
			{"console", "https://console.corp.example/", false}},
		Now: sampleNow(), Ends: sampleNow().Add(6*time.Hour + 20*time.Minute), IdleAfter: 30 * time.Minute}
	empty := Home{Name: "svc-import", Now: sampleNow(), Ends: sampleNow().Add(14 * time.Hour)}
	untold := Home{Name: "Dirk Visser", Groups: []string{"Delivery operators"}}
	soon := full
	soon.Ends, soon.Applications = sampleNow().Add(20*time.Second), full.Applications[:1]
	return []Sample{
		{"home", http.StatusOK, sampleFrame(), full},
		{"home-empty", http.StatusOK, deskFrame(), empty},
		{"home-untold", http.StatusOK, stageFrame(), untold},
		{"home-soon", http.StatusOK, stageFrame(), soon},
	}
}

func galleryOut() []Sample {
	return []Sample{
		{"signedout-here", http.StatusOK, sampleFrame(), SignedOut{}},
		{"signedout-there", http.StatusOK, sampleFrame(), SignedOut{Provider: "Adobe Experience Cloud", There: true, Again: "/usher/signin"}},
		{"signedout-not-there", http.StatusOK, stageFrame(), SignedOut{Provider: "Corp directory", Again: "/usher/signin"}},
		{"rehearsed", http.StatusOK, sampleFrame(), Rehearsed{}},
		{"rehearsed-carry", http.StatusBadRequest, deskFrame(), Rehearsed{Carry: true}},
		{"confirm", http.StatusOK, sampleFrame(), ConfirmSignOut{Operator: "Ana Lima"}},
		{"confirm-nobody", http.StatusOK, deskFrame(), ConfirmSignOut{}},
	}
}
