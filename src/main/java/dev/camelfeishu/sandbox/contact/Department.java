package dev.camelfeishu.sandbox.contact;

/**
 * A department.
 *
 * @param parent open_department_id of the one above, {@code 0} for the root
 * @param leader open_id
 */
public record Department(String openId, String departmentId, String name, String parent, String leader, int position) {
    /** The id of one kind: open_department_id or department_id. */
    String id(String type) {
        return type.equals("department_id") ? departmentId : openId;
    }
}
