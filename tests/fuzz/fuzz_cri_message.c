/* Answers of a runtime: whatever they hold, names stay within their bounds. */
// fuzz-sources: agent/containers/cri_message.c agent/containers/container_answer.c
// fuzz-sources: agent/containers/image_reference.c agent/model/attribute.c agent/model/resource.c
// fuzz-sources: agent/base/arena.c agent/base/byte_buffer.c agent/base/utf8.c agent/base/view.c
// fuzz-sources: .build/pb/cri.pb-c.c
#include <assert.h>
#include "containers/cri_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_one(struct view body)
{
	struct container_answer *answer;

	if (container_answer_new(&answer) < 0)
		return;
	(void)cri_message_read_answer(body, "a", "*", answer);
	(void)cri_message_read_sandbox(body, "a", answer);
	for (uint32_t i = 0; i < answer->attributes.count; i++)
		assert(answer->attributes.items[i].type != ATTRIBUTE_STRING ||
		       answer->attributes.items[i].string.size < MAX_ANSWER_TEXT_BYTES);
	container_answer_free(&answer);
}

/* As it is, and behind a head that fits. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct byte_buffer framed;

	read_one(view_of(bytes, size));
	byte_buffer_init(&framed, 1 << 20);
	byte_buffer_append_byte(&framed, 0);
	for (int shift = 24; shift >= 0; shift -= 8)
		byte_buffer_append_byte(&framed, (char)(size >> shift & 0xff));
	byte_buffer_append(&framed, view_of(bytes, size));
	read_one(byte_buffer_view(&framed));
	byte_buffer_done(&framed);
	return 0;
}
