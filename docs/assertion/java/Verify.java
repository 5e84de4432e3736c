// SPDX-License-Identifier: Apache-2.0
// Verifies an assertion of usher's, with the JDK's own cryptography and Jackson (Debian: libjackson2-databind-java).

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Make one and keep it: it keeps the keys. */
public final class Verify {
    private final String issuer; // usher's server.public_url
    private final String audience; // the application's url, as usher's file has it
    private final URI keysUrl;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private Map<String, PublicKey> keys = Map.of();
    private Instant fetched = Instant.EPOCH;

    public Verify(String issuer, String audience, String keysUrl) {
        this.issuer = issuer;
        this.audience = audience;
        this.keysUrl = URI.create(keysUrl);
    }

    /** Returns who is signed in: sub, email, name, groups, rights. */
    public JsonNode verify(String assertion) throws Exception {
        String[] parts = assertion.split("\\.", -1);
        if (parts.length != 3) throw new GeneralSecurityException("this is no signed token");
        JsonNode header = json.readTree(decode(parts[0]));
        if (!"ES256".equals(header.path("alg").asText())) throw new GeneralSecurityException("signed with something else than ES256");
        Signature check = Signature.getInstance("SHA256withECDSAinP1363Format");
        check.initVerify(key(header.path("kid").asText()));
        check.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        if (!check.verify(decode(parts[2]))) throw new GeneralSecurityException("the signature is wrong");
        JsonNode claims = json.readTree(decode(parts[1]));
        if (!issuer.equals(claims.path("iss").asText())) throw new GeneralSecurityException("another issuer");
        if (!audience.equals(claims.path("aud").asText())) throw new GeneralSecurityException("made for another application");
        if (!claims.path("exp").isIntegralNumber() || Instant.now().minusSeconds(30).getEpochSecond() >= claims.path("exp").asLong())
            throw new GeneralSecurityException("the assertion has expired");
        if (claims.path("sub").asText().isEmpty()) throw new GeneralSecurityException("nobody is named");
        return claims;
    }

    /** Finds a key; fetches the set again where it is unknown, but not more than once a minute. */
    private synchronized PublicKey key(String id) throws Exception {
        if (!keys.containsKey(id) && Duration.between(fetched, Instant.now()).toSeconds() >= 60) {
            fetched = Instant.now();
            HttpRequest ask = HttpRequest.newBuilder(keysUrl).timeout(Duration.ofSeconds(5)).build();
            Map<String, PublicKey> fresh = new HashMap<>();
            for (JsonNode k : json.readTree(http.send(ask, HttpResponse.BodyHandlers.ofByteArray()).body()).path("keys"))
                if ("EC".equals(k.path("kty").asText()) && "P-256".equals(k.path("crv").asText())) fresh.put(k.path("kid").asText(), publicKey(k));
            keys = fresh;
        }
        PublicKey found = keys.get(id);
        if (found == null) throw new GeneralSecurityException("the key that signed the assertion is not known");
        return found;
    }

    private static PublicKey publicKey(JsonNode k) throws GeneralSecurityException {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECPoint point = new ECPoint(new BigInteger(1, decode(k.path("x").asText())), new BigInteger(1, decode(k.path("y").asText())));
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
    }

    private static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    /** Try it: echo ASSERTION | java -cp JACKSON_JARS Verify.java ISSUER AUDIENCE KEYS_URL */
    public static void main(String[] args) throws Exception {
        // An application reads the request header X-Usher-Assertion.
        String assertion = new String(System.in.readAllBytes(), StandardCharsets.US_ASCII).trim();
        try {
            System.out.println(new Verify(args[0], args[1], args[2]).verify(assertion));
        } catch (Exception e) {
            System.err.println("refused: " + e.getMessage());
            System.exit(1);
        }
    }
}
