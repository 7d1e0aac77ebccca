package dev.camelfeishu.openapi;

/**
 * Where the gate gets the tokens of people ({@code user_access_token}). Implementations are thread safe, keep what they have
 * and have one refresh under way per person: a refresh token works once.
 */
public interface UserTokens {

    /**
     * A token of a person, refreshed before if it has ended.
     *
     * @param openId the person, as the app knows them
     * @throws FeishuRejectedException when the person has to authorise the app first, or again
     * @throws FeishuRetryableException when it may be there later
     */
    String token(String openId);

    /**
     * Another token in place of one that the platform refused (99991668, 99991677).
     *
     * @param refused the token that was refused; when another one has taken its place meanwhile, that is the answer
     * @throws FeishuException as {@link #token}
     */
    String renewed(String openId, String refused);

    /** For an application in which nobody logs in: every person has to authorise the app first. */
    static UserTokens none() {
        return new UserTokens() {
            @Override
            public String token(String openId) {
                var hint = "Let the person log in with Feishu once, or make the call in the app's own name.";
                throw new FeishuRejectedException(
                        "No token of this person is known. " + hint, 0, 0, null, hint, false, null);
            }

            @Override
            public String renewed(String openId, String refused) {
                return token(openId);
            }
        };
    }
}
