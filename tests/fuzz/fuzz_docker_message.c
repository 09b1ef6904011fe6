/* Answers of a runtime: whatever they hold, names stay within their bounds. */
// fuzz-sources: agent/containers/docker_message.c agent/containers/container_answer.c
// fuzz-sources: agent/containers/image_reference.c agent/model/attribute.c agent/model/resource.c
// fuzz-sources: agent/base/arena.c agent/base/byte_buffer.c agent/base/utf8.c agent/base/view.c
#include <assert.h>
#include <string.h>
#include "containers/docker_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char image[MAX_IMAGE_ID_BYTES] = "";
	struct container_answer *answer;

	if (container_answer_new(&answer) < 0)
		return 0;
	if (docker_message_read_container(view_of(bytes, size), "a", "*", answer, image) == 0)
		assert(memchr(image, '\0', sizeof(image)) && !strchr(image, '/'));
	(void)docker_message_read_image(view_of(bytes, size), answer);
	for (uint32_t i = 0; i < answer->attributes.count; i++)
		assert(answer->attributes.items[i].type != ATTRIBUTE_STRING ||
		       answer->attributes.items[i].string.size < MAX_ANSWER_TEXT_BYTES);
	container_answer_free(&answer);
	return 0;
}
