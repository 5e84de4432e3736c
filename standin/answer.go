// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// An answer is what an endpoint says. It is a value, so that the frame around
// the endpoints can spoil it on request and no endpoint can forget a header.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// jsonType is the content type that IMS writes, without a blank.
const jsonType = "application/json;charset=UTF-8"

func jsonAnswer(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		return textAnswer(http.StatusInternalServerError, "the answer could not be written as JSON")
	}
	a := answer{status: status, header: http.Header{}, body: body}
	a.header.Set("Content-Type", jsonType)
	a.header.Set("Cache-Control", "no-store")
	return a
}

func textAnswer(status int, text string) answer {
	a := answer{status: status, header: http.Header{}, body: []byte(text)}
	a.header.Set("Content-Type", "text/plain; charset=utf-8")
	return a
}

func emptyAnswer(status int) answer {
	a := answer{status: status, header: http.Header{}}
	a.header.Set("Cache-Control", "no-store")
	return a
}

// redirect sends a browser on. 302 is what IMS answers at authorize; 303 is
// for what follows a form.
func redirect(status int, to string) answer {
	a := emptyAnswer(status)
	a.header.Set("Location", to)
	return a
}

// A problem is a refusal in the form of RFC 6749 section 5.2.
type problem struct {
	status      int
	code        string // error
	description string // error_description
}

func (p *problem) answer() answer {
	body := object{{"error", p.code}}
	if p.description != "" {
		body.set("error_description", p.description)
	}
	return jsonAnswer(p.status, body)
}

func badRequest(code, description string) *problem {
	return &problem{http.StatusBadRequest, code, description}
}

// bearerProblem is the refusal of an access token (RFC 6750 section 3).
func bearerProblem(status int, code, description string) answer {
	a := (&problem{status, code, description}).answer()
	a.header.Set("WWW-Authenticate", `Bearer error="`+code+`", error_description="`+description+`"`)
	return a
}

func throttled(seconds int) answer {
	a := jsonAnswer(http.StatusTooManyRequests, object{{"error_code", "429050"}, {"message", "Too many requests"}})
	a.header.Set("Retry-After", strconv.Itoa(seconds))
	return a
}
