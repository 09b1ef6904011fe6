/* A process context as a hostile process may publish it: its header, its payload, and a line of
 * its maps. */
// fuzz-sources: agent/discovery/otel_context.c agent/process/proc_reader.c agent/base/view.c
#include <assert.h>
#include "discovery/otel_context.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view text = view_of(bytes, size);
	struct otel_context_header header;
	struct otel_context context;
	char maps[4096];
	uint64_t address;

	if (otel_context_parse_header(text, &header) == 0)
		assert(header.payload_size && header.payload_size <= MAX_OTEL_CONTEXT_BYTES);
	if (otel_context_parse_payload(text, &context) == 0) {
		assert(memchr(context.service_name, '\0', sizeof(context.service_name)));
		assert(memchr(context.sdk_name, '\0', sizeof(context.sdk_name)));
		assert(memchr(context.sdk_language, '\0', sizeof(context.sdk_language)));
	}
	/* The text of maps ends with a byte that is no digit. */
	text = view_take(text, sizeof(maps) - 1);
	memcpy(maps, text.bytes ? text.bytes : "", text.size);
	maps[text.size] = '\0';
	(void)otel_context_find(view_of(maps, text.size), &address);
	return 0;
}
