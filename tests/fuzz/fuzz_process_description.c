/* A process description from a recording nobody vouches for: refused, or encoded again to the same
 * meaning. */
// fuzz-sources: agent/process/process_description.c agent/model/resource.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c agent/base/byte_buffer.c
// fuzz-sources: agent/base/utf8.c agent/base/view.c
#include <assert.h>
#include "process/process_description.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct process_description first, second;
	struct byte_buffer buffer;

	if (process_description_decode(view_of(bytes, size), &first) < 0)
		return 0;
	byte_buffer_init(&buffer, 2 * MAX_PROCESS_DESCRIPTION_BYTES);
	assert(process_description_encode(&first, &buffer) == 0);
	assert(process_description_decode(byte_buffer_view(&buffer), &second) == 0);
	assert(second.resource->attributes.count == first.resource->attributes.count);
	process_description_done(&first);
	process_description_done(&second);
	byte_buffer_done(&buffer);
	return 0;
}
