package dev.camelfeishu.component;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.CustomNode;
import org.commonmark.node.Emphasis;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;

/**
 * Markdown (CommonMark) as the content of a post, {@code {"title","content":[[…]]}}. A heading of the first level that the
 * text begins with is the title. Bold, italics, links, lists, quotes, code blocks, rules and images by their image_key
 * ({@code ![](img_…)}) look as they should; HTML stays text, so that nobody is mentioned by what somebody wrote.
 */
final class MarkdownPost extends AbstractVisitor {

    private static final Parser PARSER = Parser.builder().build();

    private final ArrayNode paragraphs = JsonNodeFactory.instance.arrayNode();
    private final Deque<String> styles = new ArrayDeque<>();
    private String title = "";
    private ArrayNode line;
    private String href;
    private String indent = "";
    /** What the next line begins with. */
    private String bullet = "";

    private MarkdownPost() {}

    static ObjectNode of(String markdown) {
        MarkdownPost post = new MarkdownPost();
        PARSER.parse(markdown).accept(post);
        post.endLine();
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("title", post.title);
        content.set("content", post.paragraphs);
        return content;
    }

    @Override
    public void visit(Heading heading) {
        if (heading.getLevel() == 1 && paragraphs.isEmpty() && title.isEmpty() && heading.getPrevious() == null) {
            title = plain(heading);
            return;
        }
        endLine();
        styled("bold", heading);
        endLine();
    }

    @Override
    public void visit(Paragraph paragraph) {
        endLine();
        visitChildren(paragraph);
        endLine();
    }

    @Override
    public void visit(Text text) {
        add(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
        add(code.getLiteral());
    }

    @Override
    public void visit(HtmlInline html) {
        add(html.getLiteral());
    }

    @Override
    public void visit(HtmlBlock html) {
        endLine();
        add(html.getLiteral());
        endLine();
    }

    @Override
    public void visit(SoftLineBreak lineBreak) {
        add(" ");
    }

    @Override
    public void visit(HardLineBreak lineBreak) {
        endLine();
    }

    @Override
    public void visit(StrongEmphasis strong) {
        styled("bold", strong);
    }

    @Override
    public void visit(Emphasis emphasis) {
        styled("italic", emphasis);
    }

    @Override
    public void visit(Link link) {
        String outer = href;
        href = link.getDestination();
        visitChildren(link);
        href = outer;
    }

    @Override
    public void visit(Image image) {
        if (image.getDestination().startsWith("img_")) {
            endLine();
            paragraphs.addArray().addObject().put("tag", "img").put("image_key", image.getDestination());
        } else {
            String outer = href;
            href = image.getDestination();
            add(plain(image).isEmpty() ? image.getDestination() : plain(image));
            href = outer;
        }
    }

    @Override
    public void visit(ThematicBreak rule) {
        endLine();
        paragraphs.addArray().addObject().put("tag", "hr");
    }

    @Override
    public void visit(FencedCodeBlock code) {
        code(code.getInfo(), code.getLiteral());
    }

    @Override
    public void visit(IndentedCodeBlock code) {
        code("", code.getLiteral());
    }

    @Override
    public void visit(BulletList list) {
        items(list, 0);
    }

    @Override
    public void visit(OrderedList list) {
        items(list, list.getMarkerStartNumber() == null ? 1 : list.getMarkerStartNumber());
    }

    @Override
    public void visit(BlockQuote quote) {
        String outer = indent;
        indent = outer + "| ";
        visitChildren(quote);
        indent = outer;
    }

    @Override
    public void visit(CustomNode node) {
        visitChildren(node);
    }

    /** @param first number of the first item, 0 for bullets */
    private void items(Node list, int first) {
        endLine();
        String outer = indent;
        int number = first;
        for (Node item = list.getFirstChild(); item instanceof ListItem; item = item.getNext()) {
            bullet = outer + (first == 0 ? "• " : number++ + ". ");
            indent = outer + "    ";
            visitChildren(item);
            endLine();
        }
        indent = outer;
        bullet = "";
    }

    private void code(String language, String code) {
        endLine();
        ObjectNode block = paragraphs.addArray().addObject().put("tag", "code_block");
        if (language != null && !language.isBlank()) {
            block.put("language", language.split("\\s")[0].toUpperCase(java.util.Locale.ROOT));
        }
        block.put("text", code.stripTrailing());
    }

    private void styled(String style, Node node) {
        styles.push(style);
        visitChildren(node);
        styles.pop();
    }

    private void add(String text) {
        if (line == null) {
            line = paragraphs.addArray();
            String begin = bullet.isEmpty() ? indent : bullet;
            bullet = "";
            if (!begin.isEmpty()) {
                line.addObject().put("tag", "text").put("text", begin);
            }
        }
        ObjectNode element = line.addObject();
        if (href == null) {
            element.put("tag", "text").put("text", text);
        } else {
            element.put("tag", "a").put("text", text).put("href", href);
        }
        if (!styles.isEmpty()) {
            ArrayNode style = element.putArray("style");
            styles.stream().distinct().sorted().forEach(style::add);
        }
    }

    private void endLine() {
        line = null;
    }

    private static String plain(Node node) {
        var text = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text part) {
                text.append(part.getLiteral());
            }

            @Override
            public void visit(Code part) {
                text.append(part.getLiteral());
            }
        });
        return text.toString();
    }
}
