package io.github.keyset4j.aws.lambda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Every call of the SDK: counted, kept, and made to fail, before it is sent or after it was answered. */
final class Calls implements ExecutionInterceptor {

    /** On which side of a call the function ends. */
    enum Side {
        BEFORE,
        AFTER
    }

    /** The end of the function, in the middle of a step. */
    private static final class Crash extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Crash() {
            super("the function was ended");
        }
    }

    private final List<SdkRequest> requests = new ArrayList<>();
    private int crashAt;
    private boolean crashed;
    private Side side = Side.BEFORE;
    private Function<SdkRequest, @Nullable RuntimeException> refusal = request -> null;

    /** The n-th call from now on is the last; counted from one. */
    void crashAt(int call, Side where) {
        requests.clear();
        crashed = false;
        crashAt = call;
        side = where;
    }

    /** Whether that call came. What was thrown then comes out of the SDK as something else. */
    boolean crashed() {
        return crashed;
    }

    /** Has the service refuse some calls. */
    void refuse(Function<SdkRequest, @Nullable RuntimeException> which) {
        refusal = which;
    }

    /** What was sent since the last crash was set. */
    List<SdkRequest> requests() {
        return requests;
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        requests.add(context.request());
        crash(Side.BEFORE);
        RuntimeException refused = refusal.apply(context.request());
        if (refused != null) {
            throw refused;
        }
    }

    @Override
    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
        crash(Side.AFTER);
    }

    private void crash(Side where) {
        if (where == side && requests.size() == crashAt) {
            crashAt = 0;
            crashed = true;
            throw new Crash();
        }
    }
}
