package dev.camelfeishu.ops.console;

import dev.camelfeishu.event.Failure;
import dev.camelfeishu.ops.Audit;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Does what a person has confirmed: writes it down, does it, and says on the next page what came of it. */
@Component
class Actions {

    private static final Logger LOG = LoggerFactory.getLogger(Actions.class);

    private final Audit audit;
    private final MessageSource texts;

    Actions(Audit audit, MessageSource texts) {
        this.audit = audit;
        this.texts = texts;
    }

    /**
     * @param action as in the audit; {@code done.<action>} is the text that is said
     * @param work answers the arguments of that text
     */
    void perform(
            HttpServletRequest request,
            RedirectAttributes next,
            String action,
            String target,
            String detail,
            Supplier<Object[]> work) {
        next.addFlashAttribute("said", perform(request, action, target, detail, work));
    }

    /** The same for a page that is shown at once. */
    Said perform(HttpServletRequest request, String action, String target, String detail, Supplier<Object[]> work) {
        Audit.Actor actor = new Audit.Actor(request.getUserPrincipal().getName(), request.getRemoteAddr());
        try {
            Object[] arguments = audit.perform(actor, action, target, detail, work);
            return new Said(false, texts.getMessage("done." + action, arguments, LocaleContextHolder.getLocale()));
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} of {} by {} failed: {}",
                    action,
                    oneLine(target),
                    oneLine(actor.name()),
                    Failure.of(e).cause());
            return new Said(true, Failure.of(e).cause().replaceFirst("^\\w+: ", ""));
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
