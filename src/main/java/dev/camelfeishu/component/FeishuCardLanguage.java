package dev.camelfeishu.component;

import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.spi.annotations.Language;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.support.ExpressionToPredicateAdapter;
import org.apache.camel.support.LanguageSupport;

/**
 * The language {@code feishu-card}: its expression names a card of config/cards, and its value is that card as JSON, filled
 * from the body (when it is a map) and the exchange's variables. A card that does not exist stops the route's start; the filled
 * one is checked when it is sent.
 *
 * <pre>{@code
 * - setBody:
 *     language:
 *       language: feishu-card
 *       expression: order
 * - to: feishu:message/send?type=interactive
 * }</pre>
 */
@Language("feishu-card")
public class FeishuCardLanguage extends LanguageSupport {

    @Override
    public Expression createExpression(String expression) {
        String card = expression.strip();
        FeishuPlatform platform =
                getCamelContext().getComponent("feishu", FeishuComponent.class).getPlatform();
        if (!platform.cards().names().contains(card)) {
            throw new IllegalArgumentException(
                    "The language feishu-card names the card " + card + ", but config/cards has none of that name");
        }
        return new ExpressionAdapter() {
            @Override
            public Object evaluate(Exchange exchange) {
                return platform.cards().fill(card, CardContent.values(exchange));
            }

            @Override
            public String toString() {
                return "feishu-card: " + card;
            }
        };
    }

    @Override
    public Predicate createPredicate(String expression) {
        return ExpressionToPredicateAdapter.toPredicate(createExpression(expression));
    }
}
