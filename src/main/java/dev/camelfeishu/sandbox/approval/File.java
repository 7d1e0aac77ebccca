package dev.camelfeishu.sandbox.approval;

/**
 * An uploaded file.
 *
 * @param code what a form names it by
 * @param type image or attachment
 * @param fileId where its bytes are
 */
record File(String code, String name, String type, String fileId) {}
