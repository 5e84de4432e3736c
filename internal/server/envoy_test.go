// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"net"
	"strings"
	"testing"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/usher-signin/usher/internal/testport"
)

func loopbackPort(t *testing.T) (net.Listener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l, l.Addr().String()
}

// TestEnvoyAsksTheRunningGateway starts the whole product, asks as Envoy does,
// and stops it.
func TestEnvoyAsksTheRunningGateway(t *testing.T) {
	port, err := testport.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + port
	s, cookie := quick(t, "server: {", "server: {envoy_grpc_listen: '"+address+"', ")
	ln, _ := loopbackPort(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, ln) }()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	check := &auth.CheckRequest{Attributes: &auth.AttributeContext{Request: &auth.AttributeContext_Request{Http: &auth.AttributeContext_HttpRequest{
		Method: "GET", Path: "/q", Host: "reports.corp.example", Scheme: "https", Headers: map[string]string{"cookie": cookie}}}}}
	res, err := auth.NewAuthorizationClient(conn).Check(t.Context(), check, grpc.WaitForReady(true))
	if err != nil || res.GetOkResponse() == nil || res.GetStatus().GetCode() != 0 {
		t.Fatalf("%v, %v", res, err)
	}
	told := ""
	for _, h := range res.GetOkResponse().GetHeaders() {
		told += h.GetHeader().GetKey() + "=" + h.GetHeader().GetValue() + " "
	}
	if !strings.Contains(told, "x-forwarded-user=ANA@AdobeID ") || strings.Contains(told, "usher_session") {
		t.Errorf("Envoy was told %s", told)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if l, err := net.Listen("tcp", address); err != nil {
		t.Errorf("the listener outlived the gateway: %v", err)
	} else {
		_ = l.Close()
	}
}

func TestATakenPortForEnvoyIsSaid(t *testing.T) {
	held, address := loopbackPort(t)
	defer func() { _ = held.Close() }()
	s, _ := quick(t, "server: {", "server: {envoy_grpc_listen: '"+address+"', ")
	ln, _ := loopbackPort(t)
	if err := s.Run(t.Context(), ln); err == nil || !strings.Contains(err.Error(), "server.envoy_grpc_listen") {
		t.Errorf("a port that is taken: %v", err)
	}
}
