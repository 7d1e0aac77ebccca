/** Drive of the sandbox: folders, uploaded files, media of documents, and who may see a document. */
package dev.camelfeishu.sandbox.drive;
