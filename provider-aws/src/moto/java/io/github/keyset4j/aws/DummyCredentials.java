package io.github.keyset4j.aws;

/** Credentials and a region for the SDK's default chain to find: enough for a server that asks for none. */
final class DummyCredentials {

    private DummyCredentials() {}

    static void use() {
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", "not-a-secret");
        System.setProperty("aws.region", "eu-west-1");
    }
}
