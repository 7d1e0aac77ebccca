package dev.camelfeishu.ops.console;

import java.util.List;
import java.util.Locale;

/**
 * One hour in bars, drawn on the server: an SVG path in a box of {@link #WIDTH} by {@link #HEIGHT}. The last bar is at the right
 * edge; what is older than the process is empty.
 *
 * @param top the value at the upper edge
 */
public record Plot(String bars, double top) {

    public static final int WIDTH = 300;
    public static final int HEIGHT = 60;

    private static final int SLOTS = 60;
    private static final double SLOT = (double) WIDTH / SLOTS;
    private static final double BAR = SLOT * 0.8;

    static Plot of(List<Double> values) {
        return of(
                values,
                round(values.stream().mapToDouble(Double::doubleValue).max().orElse(0)));
    }

    /** On the scale of another plot that it is drawn upon. */
    static Plot of(List<Double> values, double top) {
        StringBuilder bars = new StringBuilder();
        for (int index = 0; index < values.size(); index++) {
            double height = Math.min(HEIGHT, HEIGHT * values.get(index) / top);
            if (height > 0) {
                double x = WIDTH - SLOT * (values.size() - index);
                bars.append(
                        String.format(Locale.ROOT, "M%.1f %d v-%.1f h%.1f v%.1f z ", x, HEIGHT, height, BAR, height));
            }
        }
        return new Plot(bars.toString().strip(), top);
    }

    /** Up to 1, 2 or 5 times a power of ten. */
    private static double round(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 5}) {
            if (value <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
