/** Approval v4 of the sandbox: definitions, instances, tasks and their events. */
package dev.camelfeishu.sandbox.approval;
