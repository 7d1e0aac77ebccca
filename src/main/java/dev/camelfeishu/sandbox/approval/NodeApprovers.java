package dev.camelfeishu.sandbox.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.camelfeishu.sandbox.Person;
import dev.camelfeishu.sandbox.contact.Department;
import dev.camelfeishu.sandbox.contact.Departments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who approves at a node, and who is told.
 *
 * <p>The directory knows the leaders of departments and no other supervisors, so that a person's supervisors are these
 * leaders, without the person.
 */
public final class NodeApprovers {
    private final Departments departments;
    private final Approvers approvers;

    public NodeApprovers(Departments departments, Approvers approvers) {
        this.departments = departments;
        this.approvers = approvers;
    }

    /**
     * @param applicant open_id
     * @param chosen what the applicant chose, by node_id
     * @return open_ids, each once; empty where the node passes by itself
     */
    List<String> of(Definition.Node node, String applicant, JsonNode chosen) {
        Set<String> people = new LinkedHashSet<>();
        node.approvers().forEach(rule -> people.addAll(people(rule, applicant)));
        chosen.path(node.id()).forEach(openId -> people.add(openId.asText()));
        if (people.contains(applicant) && !node.starterAssignee().equals("STARTER")) {
            people.remove(applicant);
            if (!node.starterAssignee().equals("AUTO_PASS")) {
                String rule = node.starterAssignee().equals("SUPERVISOR") ? "Supervisor" : "DepartmentManager";
                people.addAll(people(new Definition.Rule(rule, null, 1), applicant));
                people.remove(applicant);
            }
        }
        return List.copyOf(people);
    }

    /** Who is told when the node has passed. */
    List<String> copies(Definition.Node node, String applicant, JsonNode chosen) {
        Set<String> people = new LinkedHashSet<>();
        node.copies().forEach(rule -> people.addAll(people(rule, applicant)));
        chosen.path(node.id()).forEach(openId -> people.add(openId.asText()));
        return List.copyOf(people);
    }

    private Collection<String> people(Definition.Rule rule, String applicant) {
        if (rule.type().equals("Personal")) {
            return List.of(rule.openId());
        }
        if (rule.type().equals("Free")) {
            return List.of();
        }
        List<String> leaders = leaders(applicant);
        if (rule.type().startsWith("Supervisor")) {
            leaders.remove(applicant);
        }
        if (rule.type().endsWith("TopDown")) {
            Collections.reverse(leaders);
        }
        return rule.level() > leaders.size() ? List.of() : List.of(leaders.get(rule.level() - 1));
    }

    /** The leaders from the person's department up. */
    private List<String> leaders(String applicant) {
        Person person = approvers.find("open_id", applicant);
        List<String> leaders = new ArrayList<>();
        Optional<Department> department = departments.find("open_department_id", person.department());
        while (department.isPresent()) {
            if (department.get().leader() != null
                    && !leaders.contains(department.get().leader())) {
                leaders.add(department.get().leader());
            }
            department = departments.find("open_department_id", department.get().parent());
        }
        return leaders;
    }
}
