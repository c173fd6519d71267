/** Keysets in AWS Secrets Manager and in the SSM Parameter Store. */
module io.github.keyset4j.aws {
    requires transitive io.github.keyset4j;
    requires transitive software.amazon.awssdk.services.secretsmanager;
    requires transitive software.amazon.awssdk.services.ssm;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.urlconnection;
    requires software.amazon.awssdk.regions;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.keyset4j.aws;
    exports io.github.keyset4j.aws.secrets to
            io.github.keyset4j.aws.lambda,
            io.github.keyset4j.cli;

    provides io.github.keyset4j.config.KeysetSourceProvider with
            io.github.keyset4j.aws.uri.SecretsManagerKeysetSourceProvider,
            io.github.keyset4j.aws.uri.ParameterStoreKeysetSourceProvider;
}
