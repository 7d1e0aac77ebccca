package dev.camelfeishu.ops.console;

import dev.camelfeishu.ops.Audit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Who did what. */
@Controller
class AuditController {

    private static final String PATH = "/console/audit";

    private final Audit audit;

    AuditController(Audit audit) {
        this.audit = audit;
    }

    @GetMapping(PATH)
    String list(
            @RequestParam(defaultValue = "") String by,
            @RequestParam(defaultValue = "") String action,
            @RequestParam(defaultValue = "0") int page,
            Model model) {
        int number = Paging.within(page);
        Audit.Page found = audit.list(by.strip(), action.strip(), number, Paging.SIZE);
        Map<String, String> filter = new LinkedHashMap<>();
        filter.put("by", by.strip());
        filter.put("action", action.strip());
        model.addAttribute("filter", filter);
        model.addAttribute("items", found.items());
        model.addAttribute(
                "paging", Paging.of(PATH, filter, number, found.items().size(), found.total()));
        return "console/audit";
    }
}
