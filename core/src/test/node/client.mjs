// A service that verifies tokens with the key set at a URI: node client.mjs <library> <uri>.
// Reads a token from each line of standard input, and answers with a line of JSON: {subject} or {error}.
import { createPublicKey } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import jwksRsa from 'jwks-rsa';

const [library, uri] = process.argv.slice(2);

const verifiers = {
  jose() {
    // It would not ask again for 30 s after it has asked; that is no time in a rotation, but is here.
    const keys = createRemoteJWKSet(new URL(uri), { cooldownDuration: 0 });
    return (token) => jwtVerify(token, keys);
  },
  'jwks-rsa'() {
    const keys = jwksRsa({ jwksUri: uri, cache: true, rateLimit: true });
    return async (token) => {
      const key = await keys.getSigningKey(decodeProtectedHeader(token).kid);
      return jwtVerify(token, createPublicKey(key.getPublicKey()));
    };
  },
};

const verify = verifiers[library]();
for await (const token of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { subject: (await verify(token)).payload.sub };
  } catch (e) {
    answer = { error: e.code ?? e.name };
  }
  console.log(JSON.stringify(answer));
}
