// SPDX-License-Identifier: Apache-2.0
// A provider that was not written here. It prints its issuer and serves until
// its standard input ends.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'Campaign1',
      client_secret: process.env.CLIENT_SECRET,
      redirect_uris: [process.env.CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    }],
    scopes: ['openid', 'offline_access', 'email', 'profile'],
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['only for a test'] },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
