package dev.camelfeishu.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Somebody in the directory.
 *
 * @param department open_department_id, or null for somebody of another tenant
 * @param mobile with its country code, or null
 */
public record Person(
        String openId,
        String unionId,
        String userId,
        String name,
        String email,
        String department,
        String tenantKey,
        String mobile) {
    /** Somebody without a mobile phone. */
    public Person(
            String openId,
            String unionId,
            String userId,
            String name,
            String email,
            String department,
            String tenantKey) {
        this(openId, unionId, userId, name, email, department, tenantKey, null);
    }

    /** Whether the person belongs to the app's own tenant. */
    public boolean colleague() {
        return SandboxProperties.TENANT_KEY.equals(tenantKey);
    }

    /** The id of one kind: open_id, union_id or user_id. */
    public String id(String type) {
        return switch (type) {
            case "union_id" -> unionId;
            case "user_id" -> userId;
            default -> openId;
        };
    }

    /** The three ids as events carry them; {@code user_id} is known of colleagues only. */
    public ObjectNode ids() {
        ObjectNode ids = Json.object().put("union_id", unionId);
        if (colleague()) {
            ids.put("user_id", userId);
        }
        return ids.put("open_id", openId);
    }
}
