/**
 * Approval processes: filling a definition's form, submitting once, reading an instance's true state, finding a person's
 * task. Called by {@code component}. It may call {@code openapi} and {@code event}.
 */
package dev.camelfeishu.approval;
