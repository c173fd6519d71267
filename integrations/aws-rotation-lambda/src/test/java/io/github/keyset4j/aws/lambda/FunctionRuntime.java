package io.github.keyset4j.aws.lambda;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SecretsManagerRotationEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Runs a handler by its name as Lambda's Java runtime does: an event a line in, an answer a line out. */
final class FunctionRuntime {

    private FunctionRuntime() {}

    @SuppressWarnings({"unchecked", "SystemOut"})
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        RequestHandler<SecretsManagerRotationEvent, String> handler =
                (RequestHandler<SecretsManagerRotationEvent, String>) Class.forName(arguments[0])
                        .asSubclass(RequestHandler.class)
                        .getConstructor()
                        .newInstance();
        PojoSerializer<SecretsManagerRotationEvent> events = LambdaEventSerializers.serializerFor(
                SecretsManagerRotationEvent.class, handler.getClass().getClassLoader());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String event = in.readLine(); event != null; event = in.readLine()) {
            System.out.println(handler.handleRequest(events.fromJson(event), null));
        }
    }
}
