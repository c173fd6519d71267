package io.github.keyset4j.examples;

import io.github.keyset4j.aws.MotoServer;
import java.util.Map;

/** The environment in which a process takes moto for AWS. */
final class MotoSurroundings {

    private MotoSurroundings() {}

    static Map<String, String> of(MotoServer moto) {
        return Map.of(
                "AWS_ENDPOINT_URL", moto.endpoint().toString(),
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "not-a-secret");
    }
}
