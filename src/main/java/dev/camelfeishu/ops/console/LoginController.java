package dev.camelfeishu.ops.console;

import dev.camelfeishu.ops.ConsoleLogin;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** The door. */
@Controller
class LoginController {

    private final ObjectProvider<ConsoleLogin> logins;

    LoginController(ObjectProvider<ConsoleLogin> logins) {
        this.logins = logins;
    }

    /** Another way to log in. */
    public record Way(String path, String label) {}

    @GetMapping("/console/login")
    String login(HttpServletRequest request, Model model) {
        if (request.getUserPrincipal() != null) {
            return "redirect:/console";
        }
        List<Way> ways = logins.orderedStream()
                .map(login -> new Way(login.path(), login.label(LocaleContextHolder.getLocale())))
                .toList();
        model.addAttribute("ways", ways);
        return "console/login";
    }

    /** What somebody sees who may look but not act. */
    @RequestMapping("/console/forbidden")
    String forbidden(Model model) {
        model.addAttribute("key", "problem.forbidden");
        return "console/problem";
    }

    /** Whatever no other page answers. */
    @GetMapping({"/console/{page:(?!assets$).+}", "/console/{page:(?!assets$).+}/**"})
    String nothing() {
        throw new NotThereException();
    }
}
