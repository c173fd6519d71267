package io.github.keyset4j;

import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactorySpi;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A provider of somebody's choice that has signatures of one algorithm, and is no good at them: good ones it makes of nothing. */
final class BrokenProvider extends Provider {

    private static final long serialVersionUID = 1L;

    private final transient Supplier<@Nullable Throwable> failure;

    private BrokenProvider(SampleAlgorithm algorithm, Supplier<@Nullable Throwable> failure) {
        super("Broken", "1", "fails");
        this.failure = failure;
        putService(new Broken("Signature", algorithm.jcaName()));
        putService(new Broken("KeyFactory", algorithm.family() == SampleAlgorithm.Family.EC ? "EC" : "Ed25519"));
    }

    /** Takes the key and refuses it when a signature begins. */
    static Provider thatRefuses(SampleAlgorithm algorithm) {
        return new BrokenProvider(algorithm, () -> new InvalidKeyException("not this one"));
    }

    /** Throws this whenever it is asked, if there is something to throw; else every signature is good. */
    static Provider thatThrows(SampleAlgorithm algorithm, Supplier<@Nullable Throwable> failure) {
        return new BrokenProvider(algorithm, failure);
    }

    private final class Broken extends Service {

        Broken(String type, String algorithm) {
            super(BrokenProvider.this, type, algorithm, BrokenProvider.class.getName(), null, null);
        }

        @Override
        public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
            return getType().equals("Signature") ? new Signer() : new Factory();
        }

        @Override
        public boolean supportsParameter(Object parameter) {
            return true;
        }
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        @SuppressWarnings("unchecked") // erased: whatever it is, it is thrown
        T any = (T) thrown;
        throw any;
    }

    private final class Signer extends SignatureSpi {

        private void fail() {
            Throwable thrown = failure.get();
            if (thrown != null) {
                BrokenProvider.<RuntimeException>sneak(thrown);
            }
        }

        @Override
        protected void engineInitVerify(PublicKey key) {
            fail();
        }

        @Override
        protected void engineInitSign(PrivateKey key) {
            fail();
        }

        @Override
        protected void engineUpdate(byte octet) {}

        @Override
        protected void engineUpdate(byte[] octets, int offset, int length) {}

        @Override
        protected byte[] engineSign() {
            fail();
            byte[] signature = new byte[64];
            Arrays.fill(signature, (byte) 1);
            return signature;
        }

        @Override
        protected boolean engineVerify(byte[] signature) {
            fail();
            return true;
        }

        @Override
        @SuppressWarnings("deprecation") // of the interface that is implemented
        protected void engineSetParameter(String name, Object value) {}

        @Override
        protected void engineSetParameter(AlgorithmParameterSpec parameters) {}

        @Override
        @SuppressWarnings("deprecation") // of the interface that is implemented
        protected Object engineGetParameter(String name) {
            return name;
        }
    }

    private static final class Factory extends KeyFactorySpi {

        @Override
        protected PublicKey engineGeneratePublic(KeySpec spec) throws InvalidKeySpecException {
            throw new InvalidKeySpecException("not here");
        }

        @Override
        protected PrivateKey engineGeneratePrivate(KeySpec spec) throws InvalidKeySpecException {
            throw new InvalidKeySpecException("not here");
        }

        @Override
        protected <T extends KeySpec> T engineGetKeySpec(Key key, Class<T> type) throws InvalidKeySpecException {
            throw new InvalidKeySpecException("not here");
        }

        @Override
        protected Key engineTranslateKey(Key key) {
            return key;
        }
    }
}
