/* Redis from hostile clients and servers. */
// fuzz-sources: agent/protocols/redis/redis.c agent/protocols/redis/redis_command.c
// fuzz-sources: agent/protocols/redis/redis_value.c agent/protocols/redis/redis_request.c
// fuzz-sources: agent/protocols/redis/redis_reply.c agent/protocols/redis/redis_describe.c
// fuzz-sources: agent/protocols/redis/redis_detect.c agent/protocols/attribute_text.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include "tests/support/conversation_fuzz.h"

#include "protocols/redis/redis.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_redis, false, bytes, size);
	return 0;
}
