package dev.camelfeishu.openapi;

/** In whose name a call is made. The catalog says which of the two an endpoint accepts: {@link Endpoint#refusal}. */
public sealed interface Identity {

    /** The app itself, in the tenant of its client. */
    record Tenant() implements Identity {
        private static final Tenant TENANT = new Tenant();
    }

    /**
     * A person who authorised the app.
     *
     * @param openId the person's open_id, {@code ou_…}, as this app knows it
     */
    record User(String openId) implements Identity {
        public User {
            if (openId == null || openId.isBlank()) {
                throw new IllegalArgumentException("the open_id of the person is missing");
            }
        }
    }

    static Identity tenant() {
        return Tenant.TENANT;
    }

    static Identity user(String openId) {
        return new User(openId);
    }
}
