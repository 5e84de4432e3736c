// SPDX-License-Identifier: Apache-2.0

// oauth4webapi through discovery, sign-in with PKCE, refresh, user
// information and revocation. Its signature check of the ID token is on.
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { signIn } from './browser.mjs';

const { STANDIN, CLIENT_ID, CLIENT_SECRET, CALLBACK, STYLE } = process.env;
const authentication = { post: oauth.ClientSecretPost, basic: oauth.ClientSecretBasic }[STYLE](CLIENT_SECRET);
const client = { client_id: CLIENT_ID };

const as = await oauth.processDiscoveryResponse(
  new URL(STANDIN), await fetch(`${STANDIN}/ims/.well-known/openid-configuration`));

const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();
const nonce = oauth.generateRandomNonce();
const address = new URL(as.authorization_endpoint);
address.search = new URLSearchParams({
  client_id: CLIENT_ID, redirect_uri: CALLBACK, response_type: 'code', scope: 'openid email profile offline_access', state, nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const parameters = oauth.validateAuthResponse(as, client, await signIn(address.href, 'ben@corp.example'), state);
const response = await oauth.authorizationCodeGrantRequest(as, client, authentication, parameters, CALLBACK, verifier);
const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce, requireIdToken: true });
await oauth.validateApplicationLevelSignature(as, response);
const claims = oauth.getValidatedIdTokenClaims(tokens);
assert.equal(claims.name, 'Ben Okafor');

const info = await oauth.processUserInfoResponse(
  as, client, claims.sub, await oauth.userInfoRequest(as, client, tokens.access_token));
assert.equal(info.email, 'ben@corp.example');

const refreshed = await oauth.processRefreshTokenResponse(
  as, client, await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token));
assert.notEqual(refreshed.access_token, tokens.access_token);

await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, authentication, refreshed.access_token));
const gone = await oauth.userInfoRequest(as, client, refreshed.access_token).then((r) => r.status, (e) => e.status ?? e.response?.status);
assert.equal(gone, 401);
await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, authentication, tokens.refresh_token));
await assert.rejects(oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token)
  .then((r) => oauth.processRefreshTokenResponse(as, client, r)), { error: 'invalid_grant' });
assert.equal(as.jwks_uri, `${STANDIN}/ims/keys`);
console.log('oauth4webapi: done');
