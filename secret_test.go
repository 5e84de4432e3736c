// SPDX-License-Identifier: Apache-2.0

package usher_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"

	"github.com/usher-signin/usher"
)

const canary = "canary-Xy7-d0-not-print"

// keeper has a secret in every place where a struct can have one.
type keeper struct {
	Name    string
	Public  usher.Secret
	private usher.Secret
	deep    struct{ list []usher.Secret }
	Pointer *usher.Secret
	byName  map[string]usher.Secret
	any     any
}

func TestSecretIsNeverPrinted(t *testing.T) {
	s := usher.NewSecret(canary)
	k := keeper{Name: "visible", Public: s, private: s, Pointer: &s, byName: map[string]usher.Secret{"x": s}, any: s}
	k.deep.list = []usher.Secret{s}
	client := usher.Client{ID: "visible", Secrets: []usher.Secret{s}}
	account := usher.ExternalAccount{InternalName: "visible", ClientSecret: s}

	for _, value := range []any{s, &s, []usher.Secret{s}, map[string]usher.Secret{"x": s}, k, &k, client, account, &account,
		struct{ usher.Secret }{s}, struct{ s usher.Secret }{s}, usher.User{Password: s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%5.2v", "%T", "% x", "%#x", "%U", "%c", "%e", "%o", "%b", "%z"} {
			hides(t, verb, fmt.Sprintf(verb, value))
		}
		hides(t, "Sprint", fmt.Sprint(value))
		hides(t, "Sprintln", fmt.Sprintln(value, value))
		hides(t, "Errorf", fmt.Errorf("refused: %v", value).Error())
		hides(t, "errors.Join", errors.Join(fmt.Errorf("%+v", value)).Error())
		for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "yaml": yaml.Marshal} {
			out, err := marshal(value)
			hides(t, name, string(out)+fmt.Sprint(err))
		}
		var out bytes.Buffer
		log.New(&out, "", 0).Printf("%v %+v", value, value)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).With("w", value).LogAttrs(context.Background(), slog.LevelError, "m", slog.Any("v", value), slog.Group("g", "v", value))
		}
		hides(t, "logs", out.String())
		out.Reset()
		if err := template.Must(template.New("").Parse(`{{.}} {{printf "%+v" .}}`)).Execute(&out, value); err != nil {
			t.Fatal(err)
		}
		hides(t, "template", out.String())
	}
	hides(t, "a map's key", fmt.Sprintf("%v %+v %#v", map[usher.Secret]int{s: 1}, map[usher.Secret]int{s: 1}, map[usher.Secret]int{s: 1}))
}

// hides fails where the canary, or a common encoding of it, is in out.
func hides(t *testing.T, how, out string) {
	t.Helper()
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("% x", canary), fmt.Sprintf("%X", canary), strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]")} {
		if strings.Contains(out, form) {
			t.Errorf("%s shows the secret: %.300s", how, out)
			return
		}
	}
}

func TestSecretSaysThatItIsOne(t *testing.T) {
	s := usher.NewSecret(canary)
	out, err := json.Marshal(map[string]any{"secret": s})
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Marshal(map[string]any{"secret": s})
	if err != nil {
		t.Fatal(err)
	}
	for got, want := range map[string]string{
		s.String(): "[secret]", s.GoString(): "[secret]", s.LogValue().String(): "[secret]", fmt.Sprintf("%x", s): "[secret]",
		string(out): `{"secret":"[secret]"}`, string(y): "secret: '[secret]'\n",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSecret(t *testing.T) {
	s, same, other := usher.NewSecret(canary), usher.NewSecret(canary), usher.NewSecret(canary+"x")
	if s.Reveal() != canary {
		t.Error("Reveal does not give the value")
	}
	if !s.Equal(same) || s.Equal(other) || other.Equal(s) || s.Equal(usher.Secret{}) || (usher.Secret{}).Equal(s) {
		t.Error("Equal does not compare values")
	}
	if !reflect.DeepEqual(s, same) || reflect.DeepEqual(s, other) {
		t.Error("reflect.DeepEqual does not compare values")
	}
	if s.Empty() || !(usher.Secret{}).Empty() || !usher.NewSecret("").Empty() {
		t.Error("Empty is wrong")
	}
	if (usher.Secret{}).Reveal() != "" || usher.NewSecret("") != (usher.Secret{}) || !usher.NewSecret("").Equal(usher.Secret{}) {
		t.Error("no value and an empty value differ")
	}
}
