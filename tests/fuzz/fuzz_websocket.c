/* Frames of WebSockets from hostile bytes: both directions in pieces, losses, attributes. */
// fuzz-sources: agent/protocols/websocket/websocket.c agent/protocols/websocket/websocket_frame.c
// fuzz-sources: agent/protocols/websocket/websocket_describe.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c agent/base/view.c agent/base/utf8.c
// fuzz-sources: agent/base/log.c agent/base/clock.c
#include "protocols/websocket/websocket.h"
#include "tests/support/conversation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_websocket, true, bytes, size);
	return 0;
}
