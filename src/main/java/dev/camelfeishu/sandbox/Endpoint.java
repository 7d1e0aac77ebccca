package dev.camelfeishu.sandbox;

/** One simulated endpoint. */
@FunctionalInterface
public interface Endpoint {
    /** @throws Refusal to answer with an error of the platform */
    Answer answer(Call call);
}
