// SPDX-License-Identifier: Apache-2.0
// Verifies an assertion of usher's, with the library jose.
import { createRemoteJWKSet, jwtVerify } from 'jose';

// Make one and keep it: it keeps the keys, and fetches them again where one is unknown.
export function verifier(issuer, audience, keysURL) {
  const keys = createRemoteJWKSet(new URL(keysURL));
  return async (assertion) => {
    const { payload } = await jwtVerify(assertion, keys, {
      issuer, // usher's server.public_url
      audience, // the application's url, as usher's file has it
      algorithms: ['ES256'], // never what the token itself asks for
      requiredClaims: ['exp', 'sub'],
      clockTolerance: 30,
    });
    return payload; // sub, email, name, groups, rights
  };
}

// Try it: echo ASSERTION | node verify.mjs ISSUER AUDIENCE KEYS_URL
// An application reads the request header x-usher-assertion.
if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('verify.mjs')) {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const [issuer, audience, keysURL] = process.argv.slice(2);
  try {
    console.log(JSON.stringify(await verifier(issuer, audience, keysURL)(text.trim())));
  } catch (e) {
    console.error('refused:', e.message);
    process.exitCode = 1;
  }
}
