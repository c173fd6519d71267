package io.github.keyset4j.cli;

import java.util.Optional;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.profiles.ProfileProperty;

/**
 * The profile of AWS's configuration files that should have given credentials, and did not.
 *
 * @param name as AWS_PROFILE says it
 * @param login the profile that somebody has to be logged in to by SSO: it, or one that it takes credentials from; empty
 *     where there is none
 * @param absent whether there is no profile of the name
 */
record AwsProfile(String name, Optional<String> login, boolean absent) {

    /** As many profiles as take credentials from one another in earnest. */
    private static final int LONGEST_CHAIN = 8;

    /** The one in force; none where none was named and that called default has nothing to do with SSO. */
    static Optional<AwsProfile> current() {
        String name = ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow();
        try {
            ProfileFile file = ProfileFile.defaultProfileFile();
            AwsProfile profile =
                    new AwsProfile(name, login(file, name), file.profile(name).isEmpty());
            boolean named = profile.absent && !name.equals("default");
            return named || profile.login.isPresent() ? Optional.of(profile) : Optional.empty();
        } catch (SdkException | IllegalArgumentException | IllegalStateException e) { // a file that is none
            return Optional.empty();
        }
    }

    private static Optional<String> login(ProfileFile file, String name) {
        String at = name;
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            Optional<Profile> profile = file.profile(at);
            if (profile.isEmpty()) {
                return Optional.empty();
            }
            if (profile.get().property(ProfileProperty.SSO_START_URL).isPresent()
                    || profile.get().property("sso_session").isPresent()) {
                return Optional.of(at);
            }
            String source =
                    profile.get().property(ProfileProperty.SOURCE_PROFILE).orElse(at);
            if (source.equals(at)) {
                return Optional.empty();
            }
            at = source;
        }
        return Optional.empty();
    }

    /** Whether it asks for a login by SSO, and there is none. Blocks while SSO is asked, if there seems to be one. */
    boolean withoutLogin() {
        if (login.isEmpty()) {
            return false;
        }
        try (ProfileCredentialsProvider provider = ProfileCredentialsProvider.create(login.get())) {
            provider.resolveCredentials();
            return false;
        } catch (SdkException | IllegalArgumentException | IllegalStateException e) {
            return true;
        }
    }

    Check check(String check) {
        return login.map(sso -> Check.fail(
                        check,
                        "the profile " + name + " signs in by SSO" + (sso.equals(name) ? "" : " as the profile " + sso)
                                + ", and nobody is logged in, or the login has expired",
                        "run aws sso login --profile " + sso))
                .orElseGet(() -> Check.fail(
                        check,
                        "there is no profile " + name + " in AWS's configuration",
                        "set AWS_PROFILE to an existing one, or create it with aws configure sso"));
    }
}
