package io.github.keyset4j.compatibility

import io.github.keyset4j.JwtRejectedException
import io.github.keyset4j.JwtSigner
import io.github.keyset4j.JwtVerifier
import io.github.keyset4j.KeyManager
import io.github.keyset4j.KeysetEvent
import io.github.keyset4j.KeysetSource
import io.github.keyset4j.Keysets
import io.github.keyset4j.config.EnvKeysetSource
import io.github.keyset4j.testing.TestKeys
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.reflect.KType
import kotlin.reflect.typeOf
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatExceptionOfType
import org.junit.jupiter.api.Test

/** What of the library a program in Kotlin uses reads as if it were written for it. */
class KotlinTest {

    /** The type the compiler has for a value: that of Java without annotations has an exclamation mark. */
    private inline fun <reified T> typeOfValue(@Suppress("UNUSED_PARAMETER") value: T): KType = typeOf<T>()

    @Test
    fun classpath_always_hasTheVersionThatIsDocumented() {
        assertThat(Files.readString(Path.of("../../docs/compatibility.md")))
            .contains("| Kotlin | | ${KotlinVersion.CURRENT} | `KotlinTest`")
    }

    @Test
    fun source_lambda_needsNoClass() {
        val document = Keysets.generate("ES256")
        val source = KeysetSource { document }
        KeyManager.builder(source).start().use { keys ->
            assertThat(keys.activeKey()).isPresent
        }
        KeyManager.builder { document }.start().use { keys ->
            assertThat(keys.activeKey()).isPresent
        }
    }

    @Test
    fun source_aroundALambda_keepsItsName() {
        val document = Keysets.generate("ES256")
        val source = KeysetSource.named("vault:keys") { document }.around { inner -> inner.load() }
        assertThat(source.description()).isEqualTo("vault:keys")
    }

    @Test
    fun environment_fromAMap_needsNoBackquotes() {
        val source = EnvKeysetSource.of("K").from(mapOf("K" to "k1:0f8c7a51-a4a6-4be8-93b2-c9c5d3f0e8b1-2b7d"))
        KeyManager.builder(source).start().use { keys ->
            assertThat(keys.activeKey().map { it.kid() }).contains("k1")
        }
    }

    @Test
    fun claims_written_areReadBackWithoutPlatformTypes() {
        TestKeys.es256().use { keys ->
            val jwt = keys.verified { it.subject("alice").claim("scope", "read write").claim("tenant", null) }

            val kid: String = jwt.kid()
            val subject: String? = jwt.subject().orElse(null)
            assertThat(kid).isEqualTo(keys.kid())
            assertThat(subject).isEqualTo("alice")
            assertThat(jwt.strings("scope")).containsExactly("read", "write")

            assertThat(typeOfValue(System.getProperty("java.home")).toString()).contains("String!") // as it is without
            assertThat(typeOfValue(jwt.kid())).isEqualTo(typeOf<String>())
            assertThat(typeOfValue(jwt.asMap()["tenant"])).isEqualTo(typeOf<Any?>())
            val types = listOf(
                typeOfValue(jwt.kid()),
                typeOfValue(jwt.subject()),
                typeOfValue(jwt.audience()),
                typeOfValue(jwt.expiresAt()),
                typeOfValue(jwt.string("tenant")),
                typeOfValue(jwt.asMap()),
                typeOfValue(keys.manager().health().lastFailure()),
                typeOfValue(keys.manager().signer().jwt().sign()),
            )
            assertThat(types).noneMatch { "!" in it.toString() }
        }
    }

    @Test
    fun listener_byKind_isALambdaAfterTheCall() {
        val told = CountDownLatch(1)
        KeyManager.builder(KeysetSource.of(Keysets.generate("ES256")))
            .on(KeysetEvent.Activated::class.java) { key ->
                if (key.previousKid().isEmpty) told.countDown()
            }
            .start()
            .use { assertThat(told.await(30, TimeUnit.SECONDS)).isTrue() }
    }

    @Test
    fun signerAndVerifier_lambdas_areFakes() {
        val signer = JwtSigner { claims -> "a token for ${claims.subject}" }
        assertThat(signer.jwt().subject("alice").sign()).isEqualTo("a token for alice")

        val verifier = JwtVerifier { throw JwtRejectedException(JwtRejectedException.Reason.EXPIRED, "exp: has passed") }
        assertThatExceptionOfType(JwtRejectedException::class.java).isThrownBy { verifier.verify(null) }
    }
}
