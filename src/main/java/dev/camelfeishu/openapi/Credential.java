package dev.camelfeishu.openapi;

/** What a call shows to the platform. */
interface Credential {

    /**
     * A token, waited for where there is none.
     *
     * @throws FeishuException when there is none before the deadline
     */
    TokenCache.Lease lease(Deadline deadline) throws InterruptedException;

    /** Forgets a token that was refused. */
    void drop(String refused);

    /** The token of a person; used for one call, by one thread. */
    final class OfPerson implements Credential {
        private final UserTokens tokens;
        private final String openId;
        private String refused;

        OfPerson(UserTokens tokens, String openId) {
            this.tokens = tokens;
            this.openId = openId;
        }

        @Override
        public TokenCache.Lease lease(Deadline deadline) {
            var token = refused == null ? tokens.token(openId) : tokens.renewed(openId, refused);
            var renewed = refused != null;
            refused = null;
            return new TokenCache.Lease(token, renewed);
        }

        @Override
        public void drop(String refused) {
            this.refused = refused;
        }
    }
}
