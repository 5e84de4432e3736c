<?php
// SPDX-License-Identifier: Apache-2.0
// Verifies an assertion of usher's, with PHP's own openssl extension.

final class Verifier
{
    /**
     * @param string $issuer   usher's server.public_url
     * @param string $audience the application's url, as usher's file has it
     * @param array  $keys     the published set, decoded; keep it in a cache for an hour,
     *                         and fetch it again, once a minute at most, where a key is unknown
     */
    public function __construct(private string $issuer, private string $audience, private array $keys) {}

    public static function fetch(string $keysUrl): array
    {
        $set = @file_get_contents($keysUrl, false, stream_context_create(['http' => ['timeout' => 5]]), 0, 65536);
        if ($set === false) {
            throw new RuntimeException('the keys cannot be had');
        }
        return json_decode($set, true, 8, JSON_THROW_ON_ERROR);
    }

    /** Returns who is signed in: sub, email, name, groups, rights. */
    public function verify(string $assertion): array
    {
        $parts = explode('.', $assertion);
        if (count($parts) !== 3) {
            throw new UnexpectedValueException('this is no signed token');
        }
        [$header, $claims] = [self::json($parts[0]), self::json($parts[1])];
        if (($header['alg'] ?? null) !== 'ES256') { // never what the token itself asks for
            throw new UnexpectedValueException('signed with something else than ES256');
        }
        $signature = self::der(self::decode($parts[2]));
        if (openssl_verify("$parts[0].$parts[1]", $signature, $this->key($header['kid'] ?? null), OPENSSL_ALGO_SHA256) !== 1) {
            throw new UnexpectedValueException('the signature is wrong');
        }
        if (($claims['iss'] ?? null) !== $this->issuer) {
            throw new UnexpectedValueException('another issuer');
        }
        if (($claims['aud'] ?? null) !== $this->audience) {
            throw new UnexpectedValueException('made for another application');
        }
        if (!is_int($claims['exp'] ?? null) || time() - 30 >= $claims['exp']) {
            throw new UnexpectedValueException('the assertion has expired');
        }
        if (!is_string($claims['sub'] ?? null) || $claims['sub'] === '') {
            throw new UnexpectedValueException('nobody is named');
        }
        return $claims;
    }

    private function key(mixed $id): OpenSSLAsymmetricKey
    {
        foreach ($this->keys['keys'] ?? [] as $k) {
            if ($k['kid'] === $id && $k['kty'] === 'EC' && $k['crv'] === 'P-256') {
                // SubjectPublicKeyInfo of a P-256 point (RFC 5480)
                $spki = hex2bin('3059301306072a8648ce3d020106082a8648ce3d030107034200') . "\x04" . self::decode($k['x']) . self::decode($k['y']);
                $pem = "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($spki), 64, "\n") . "-----END PUBLIC KEY-----\n";
                return openssl_pkey_get_public($pem) ?: throw new UnexpectedValueException('a published key cannot be read');
            }
        }
        throw new UnexpectedValueException('the key that signed the assertion is not known');
    }

    /** The two halves of the signature (RFC 7518 section 3.4) as openssl wants them. */
    private static function der(string $raw): string
    {
        if (strlen($raw) !== 64) {
            throw new UnexpectedValueException('the signature is wrong');
        }
        $body = '';
        foreach (str_split($raw, 32) as $half) {
            $n = ltrim($half, "\0");
            $n = ($n === '' || ord($n[0]) > 0x7f) ? "\0$n" : $n;
            $body .= "\x02" . chr(strlen($n)) . $n;
        }
        return "\x30" . chr(strlen($body)) . $body;
    }

    private static function decode(string $text): string
    {
        $bytes = base64_decode(strtr($text, '-_', '+/'), true);
        return $bytes === false ? throw new UnexpectedValueException('this is no signed token') : $bytes;
    }

    private static function json(string $text): array
    {
        return json_decode(self::decode($text), true, 8, JSON_THROW_ON_ERROR);
    }
}

// Try it: echo ASSERTION | php verify.php ISSUER AUDIENCE KEYS_URL
// An application reads $_SERVER['HTTP_X_USHER_ASSERTION'].
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    try {
        $verifier = new Verifier($argv[1], $argv[2], Verifier::fetch($argv[3]));
        echo json_encode($verifier->verify(trim(stream_get_contents(STDIN)))), "\n";
    } catch (Exception $e) {
        fwrite(STDERR, 'refused: ' . $e->getMessage() . "\n");
        exit(1);
    }
}
