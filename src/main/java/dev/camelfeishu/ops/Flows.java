package dev.camelfeishu.ops;

import java.util.List;

/** The flows that were found at start-up, loaded or not. */
public record Flows(List<Flow> all) {}
