# SPDX-License-Identifier: Apache-2.0
"""Verifies an assertion of usher's, with the library PyJWT (Debian: python3-jwt, python3-cryptography)."""
import json
import sys

import jwt


class Verifier:
    """Make one and keep it: it keeps the keys."""

    def __init__(self, issuer, audience, keys_url):
        self.issuer = issuer  # usher's server.public_url
        self.audience = audience  # the application's url, as usher's file has it
        self.keys = jwt.PyJWKClient(keys_url)

    def verify(self, assertion):
        """Returns who is signed in: sub, email, name, groups, rights. Raises jwt.PyJWTError."""
        key = self.keys.get_signing_key_from_jwt(assertion)
        return jwt.decode(
            assertion,
            key.key,
            algorithms=["ES256"],  # never what the token itself asks for
            issuer=self.issuer,
            audience=self.audience,
            leeway=30,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )


# Try it: echo ASSERTION | python3 verify.py ISSUER AUDIENCE KEYS_URL
# An application reads the request header X-Usher-Assertion.
if __name__ == "__main__":
    try:
        print(json.dumps(Verifier(*sys.argv[1:4]).verify(sys.stdin.read().strip())))
    except jwt.PyJWTError as e:
        sys.exit(f"refused: {e}")
