package dev.camelfeishu.sandbox.base;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.camelfeishu.sandbox.Person;

/** What reading a cell needs besides the cell: who the people are and by which ids to name them. */
record Reading(Directory directory, IdType idType) {
    /** A person as cells and {@code created_by} show them. The directory has one name per person, in either language. */
    ObjectNode person(String openId) {
        Person person = directory.editor(openId);
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", idType.idOf(person))
                .put("name", person.name())
                .put("en_name", person.name())
                .put("email", person.email())
                .put("avatar_url", "");
    }
}
