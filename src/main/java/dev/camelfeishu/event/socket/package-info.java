/**
 * The long connection: events and callbacks over a WebSocket that the application opens itself, for networks without a public
 * address. Opened by the root package, one for each app. It may call {@code event}, to verify and store what comes, and
 * {@code openapi}, for the platform's address and the app's credentials.
 *
 * <p>Facts of the wire: {@code POST /callback/ws/endpoint} answers the address of the WebSocket; each binary message is one
 * protobuf {@code pbbp2.Frame}; an acknowledgement is the same frame with another payload, and is awaited for 3 s.
 */
package dev.camelfeishu.event.socket;
