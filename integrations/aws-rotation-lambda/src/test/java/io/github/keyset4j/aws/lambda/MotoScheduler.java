package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.aws.MotoServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Begins rotations as Secrets Manager's scheduler does: with AWSPENDING on a version without a value. The function that
 * moto calls then does nothing at all; the tests take the steps themselves.
 */
final class MotoScheduler {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final URI endpoint;
    private final String function;

    MotoScheduler(MotoServer moto) {
        this.endpoint = moto.endpoint();
        post("/moto-api/config", "application/json", "none", "{\"lambda\":{\"use_docker\":false}}");
        String name = "rotation-" + UUID.randomUUID();
        post(
                "/",
                "application/x-www-form-urlencoded",
                "iam",
                "Action=CreateRole&Version=2010-05-08&RoleName=" + name + "&AssumeRolePolicyDocument="
                        + URLEncoder.encode("{\"Version\":\"2012-10-17\",\"Statement\":[]}", StandardCharsets.UTF_8));
        post(
                "/2015-03-31/functions",
                "application/json",
                "lambda",
                "{\"FunctionName\":\"" + name + "\",\"Runtime\":\"java21\",\"Handler\":\"none\","
                        + "\"Role\":\"arn:aws:iam::123456789012:role/" + name + "\",\"Code\":{\"ZipFile\":\"" + zip()
                        + "\"}}");
        this.function = "arn:aws:lambda:eu-west-1:123456789012:function:" + name;
    }

    /** Begins a rotation, and says to which version. */
    String rotate(SecretsManagerClient aws, String secret) {
        String token = UUID.randomUUID().toString();
        aws.rotateSecret(request -> request.secretId(secret)
                .clientRequestToken(token)
                .rotationLambdaARN(function)
                .rotationRules(rules -> rules.automaticallyAfterDays(30L)));
        return token;
    }

    private void post(String path, String type, String service, String body) {
        HttpRequest request = HttpRequest.newBuilder(endpoint.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", type)
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/" + service
                                + "/aws4_request, SignedHeaders=host, Signature=0")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("nothing"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
