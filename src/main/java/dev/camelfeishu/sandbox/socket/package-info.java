/**
 * The long connection as the platform serves it: discovery, handshake, frames, acknowledgements. Written from the platform's
 * documentation and its SDKs' protocol; {@code Pbbp2} is the SDK's own definition of a frame.
 */
package dev.camelfeishu.sandbox.socket;
