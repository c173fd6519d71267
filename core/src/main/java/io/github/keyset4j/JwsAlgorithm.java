package io.github.keyset4j;

/**
 * A signature algorithm (RFC 7518 section 3.1 and its like). Each {@link KeyType} has its own.
 *
 * @param joseName the {@code alg} of the header
 * @param jcaName what the JDK calls it
 * @param hashBytes how long its hash is
 * @param symmetric whether the key that verifies signs, too
 */
record JwsAlgorithm(String joseName, String jcaName, int hashBytes, boolean symmetric) {

    JwsAlgorithm(String joseName, String jcaName, int hashBytes) {
        this(joseName, jcaName, hashBytes, false);
    }
}
