package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Call;
import dev.camelfeishu.sandbox.People;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.Refusal;
import java.util.Set;

/** Who acts on what: the people and instances that approval calls name. */
public final class Approvers {
    private static final Set<String> ID_TYPES = Set.of("open_id", "union_id", "user_id");

    private final People people;
    private final Instances instances;

    public Approvers(People people, Instances instances) {
        this.people = people;
        this.instances = instances;
    }

    /** The kind of the ids in a call. */
    static String idType(Call call) {
        String type = call.query("user_id_type", "open_id");
        if (!ID_TYPES.contains(type)) {
            throw new Refusal(400, 1390001, "param is invalid: user_id_type");
        }
        return type;
    }

    /** @throws Refusal 1390004 for nobody of this tenant */
    Person find(String idType, String id) {
        return people.find(idType, id)
                .filter(Person::colleague)
                .orElseThrow(() -> new Refusal(400, 1390004, "user_id or open_id not found"));
    }

    /**
     * Locks the instance that a body names by approval_code and instance_code.
     *
     * @throws Refusal 1390003
     */
    Instance lock(JsonNode body) {
        return instances
                .lock(body.path("instance_code").asText())
                .filter(found ->
                        found.approvalCode().equals(body.path("approval_code").asText()))
                .orElseThrow(() -> new Refusal(400, 1390003, "instance code not found"));
    }
}
