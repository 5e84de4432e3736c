// SPDX-License-Identifier: Apache-2.0

// openid-client through discovery, sign-in with PKCE, refresh, user
// information and revocation.
import assert from 'node:assert/strict';
import * as client from 'openid-client';
import { signIn } from './browser.mjs';

const { STANDIN, CLIENT_ID, CLIENT_SECRET, CALLBACK, STYLE } = process.env;
const styles = { post: client.ClientSecretPost(CLIENT_SECRET), basic: client.ClientSecretBasic(CLIENT_SECRET) };

// The metadata is not where OpenID Connect Discovery looks for it, so its whole address is given.
const config = await client.discovery(
  new URL(`${STANDIN}/ims/.well-known/openid-configuration`), CLIENT_ID, undefined, styles[STYLE]);
assert.equal(config.serverMetadata().issuer, STANDIN);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: CALLBACK, scope: 'openid email profile offline_access', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const back = await signIn(address.href, 'ana@corp.example');
const tokens = await client.authorizationCodeGrant(config, back, {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
});
assert.equal(tokens.claims().email, 'ana@corp.example');
assert.ok(tokens.expiresIn() > 86000);

const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
assert.equal(info.email_verified, true);

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(refreshed.access_token, tokens.access_token);
await client.fetchUserInfo(config, refreshed.access_token, tokens.claims().sub);

await client.tokenRevocation(config, refreshed.refresh_token, { token_type_hint: 'refresh_token' });
await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, tokens.claims().sub));
await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
console.log('openid-client: done');
