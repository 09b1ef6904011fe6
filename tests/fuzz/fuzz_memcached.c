/* memcached from hostile clients and servers. */
// fuzz-sources: agent/protocols/memcached/memcached.c agent/protocols/memcached/memcached_line.c
// fuzz-sources: agent/protocols/memcached/memcached_describe.c agent/base/clock.c
// fuzz-sources: agent/protocols/memcached/memcached_detect.c agent/protocols/attribute_text.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c
#include "tests/support/conversation_fuzz.h"

#include "protocols/memcached/memcached.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_memcached, false, bytes, size);
	return 0;
}
