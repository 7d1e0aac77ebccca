/**
 * Tests that travel with routes: {@code routes/x.test.yaml} beside {@code routes/x.camel.yaml}. Routes run in a scratch context; Feishu
 * answers at the client, SQL at the data source, as each test says. Called by the root package and the rest of {@code ops}.
 */
package dev.camelfeishu.ops.routetest;
