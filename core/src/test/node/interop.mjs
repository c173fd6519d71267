// Reads one JSON request on standard input, and answers it in JSON on standard output:
//   {jwks, issuer, audience, subject, tokens: [{name, token, secret?}], keys: [JWK]}
//   {verified: {name: {claims} or {error}}, signed: {kid: token}}
// A token is verified with the key set, unless it comes with its secret as a JWK; a token is signed with every key.
import { text } from 'node:stream/consumers';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';

const request = JSON.parse(await text(process.stdin));
const published = createLocalJWKSet(request.jwks);
const expected = { issuer: request.issuer, audience: request.audience };

const verified = {};
for (const { name, token, secret } of request.tokens) {
  try {
    const key = secret ? await importJWK(secret, secret.alg) : published;
    const { payload, protectedHeader } = await jwtVerify(token, key, expected);
    verified[name] = { claims: payload, header: protectedHeader };
  } catch (e) {
    verified[name] = { error: e.code ?? String(e) };
  }
}

const signed = {};
for (const jwk of request.keys) {
  signed[jwk.kid] = await new SignJWT({ sub: request.subject })
    .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, typ: 'JWT' })
    .setIssuer(request.issuer)
    .setAudience(request.audience)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(jwk, jwk.alg));
}

process.stdout.write(JSON.stringify({ verified, signed }));
