package dev.camelfeishu.ops.console;

import dev.camelfeishu.approval.ApprovalHistory;
import dev.camelfeishu.approval.Approvals;
import dev.camelfeishu.event.EventSearch;
import dev.camelfeishu.event.Failure;
import dev.camelfeishu.openapi.FeishuException;
import dev.camelfeishu.ops.PurchaseRequests;
import dev.camelfeishu.ops.PurchaseRequests.PurchaseRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Purchase requests of the ERP with their approval instances. */
@Controller
class ApprovalsController {

    private static final Logger LOG = LoggerFactory.getLogger(ApprovalsController.class);

    private static final String PATH = "/console/approvals";
    private static final int EVENTS = 20;
    private static final List<String> STATUSES =
            List.of("DRAFT", "SUBMITTED", "APPROVED", "REJECTED", "CANCELED", "DELETED", "REVERTED");

    private final PurchaseRequests requests;
    private final Approvals approvals;
    private final EventSearch events;

    ApprovalsController(PurchaseRequests requests, Approvals approvals, EventSearch events) {
        this.requests = requests;
        this.approvals = approvals;
        this.events = events;
    }

    @GetMapping(PATH)
    String list(
            @RequestParam(defaultValue = "") String status,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "false") boolean stuck,
            @RequestParam(defaultValue = "0") int page,
            Model model) {
        int number = Paging.within(page);
        String asked = STATUSES.contains(status) ? status : "";
        PurchaseRequests.Page found = requests.list(asked, stuck, text.strip(), number, Paging.SIZE);
        Map<String, String> filter = new LinkedHashMap<>();
        filter.put("status", asked);
        filter.put("text", text.strip());
        filter.put("stuck", stuck ? "true" : "");
        model.addAttribute("filter", filter);
        model.addAttribute("filtered", filter.values().stream().anyMatch(value -> !value.isEmpty()));
        model.addAttribute("statuses", STATUSES);
        model.addAttribute("items", found.items());
        model.addAttribute("stuckCount", requests.list("", true, "", 0, 1).total());
        model.addAttribute(
                "paging", Paging.of(PATH, filter, number, found.items().size(), found.total()));
        return "console/approvals";
    }

    @GetMapping(PATH + "/{id}")
    String one(@PathVariable String id, Model model) {
        PurchaseRequest request = requests.find(id).orElseThrow(NotThereException::new);
        model.addAttribute("request", request);
        String code = request.instanceCode();
        if (code != null) {
            model.addAttribute(
                    "events",
                    events.find(new EventSearch.Query(null, code, null, null, null, null), Long.MAX_VALUE, EVENTS)
                            .items());
            try {
                ApprovalHistory history = approvals.history(code);
                model.addAttribute("instance", history.instance());
                model.addAttribute("steps", history.steps());
            } catch (FeishuException | IllegalArgumentException | IllegalStateException e) {
                // the request is shown all the same, with what Feishu said instead of the timeline
                LOG.info(
                        "Instance {} could not be read for the console: {}",
                        code,
                        Failure.of(e).cause());
                model.addAttribute("unread", Failure.of(e).cause());
            }
        }
        return "console/approval";
    }
}
