/* Unpacked by protobuf-c out of a small arena: a body of tiny fields would otherwise grow a hundred
 * times. */
#include "containers/cri_message.h"

#include <errno.h>
#include <string.h>
#include "base/arena.h"
#include "cri.pb-c.h"

#define FRAME_HEAD_BYTES 5
#define MAX_UNPACK_BYTES (1u << 20)

static void *allocate(void *arena, size_t size)
{
	return arena_allocate(arena, size);
}

static void release(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer;
}

void cri_message_write_request(struct byte_buffer *buffer, const char *container_id)
{
	Runtime__V1__ContainerStatusRequest request = RUNTIME__V1__CONTAINER_STATUS_REQUEST__INIT;
	size_t size;
	char *bytes;

	request.container_id = (char *)(uintptr_t)container_id;
	size = runtime__v1__container_status_request__get_packed_size(&request);
	byte_buffer_append_byte(buffer, 0);
	for (int shift = 24; shift >= 0; shift -= 8)
		byte_buffer_append_byte(buffer, (char)(size >> shift & 0xff));
	bytes = byte_buffer_reserve(buffer, size);
	if (!bytes)
		return;
	(void)runtime__v1__container_status_request__pack(&request, (uint8_t *)bytes);
	buffer->size += size;
}

/* The message in the one frame of a unary answer. */
static int open_frame(struct view body, struct view *ret)
{
	const unsigned char *b = (const unsigned char *)body.bytes;
	size_t size;

	if (body.size < FRAME_HEAD_BYTES || b[0] != 0)
		return -EBADMSG;
	size = (size_t)b[1] << 24 | (size_t)b[2] << 16 | (size_t)b[3] << 8 | b[4];
	if (size != body.size - FRAME_HEAD_BYTES)
		return -EBADMSG;
	*ret = view_skip(body, FRAME_HEAD_BYTES);
	return 0;
}

static void set_image(struct container_answer *answer, const Runtime__V1__ContainerStatus *status)
{
	struct view reference = view_of_text(status->image_ref);

	/* What the user wrote may be a tag; the runtime may have an id in its place. */
	if (status->image) {
		container_answer_set_image(answer,
					   view_of_text(status->image->user_specified_image));
		container_answer_set_image(answer, view_of_text(status->image->image));
	}
	if (view_find_byte(reference, '@') >= 0)
		container_answer_set_digests(answer, &reference, 1);
	else
		container_answer_set(answer, "container.image.id", reference);
	container_answer_set(answer, "container.image.id", view_of_text(status->image_id));
}

static void take_status(const Runtime__V1__ContainerStatus *status, const char *label_patterns,
			struct container_answer *answer)
{
	if (status->metadata) {
		container_answer_set(answer, "container.name",
				     view_of_text(status->metadata->name));
		container_answer_set_integer(answer, "k8s.container.restart_count",
					     status->metadata->attempt);
	}
	set_image(answer, status);
	container_answer_set_start(answer, status->started_at);
	for (size_t i = 0; i < status->n_labels; i++)
		container_answer_add_label(answer, label_patterns,
					   view_of_text(status->labels[i]->key),
					   view_of_text(status->labels[i]->value));
}

int cri_message_read_answer(struct view body, const char *container_id, const char *label_patterns,
			    struct container_answer *ret)
{
	struct arena arena;
	ProtobufCAllocator allocator = {
		.alloc = allocate, .free = release, .allocator_data = &arena};
	const Runtime__V1__ContainerStatusResponse *response;
	struct view message;
	int err = open_frame(body, &message);

	if (err < 0)
		return err;
	arena_init(&arena, MAX_UNPACK_BYTES);
	response = runtime__v1__container_status_response__unpack(&allocator, message.size,
								  (const uint8_t *)message.bytes);
	if (response && response->status && strcmp(response->status->id, container_id) == 0)
		take_status(response->status, label_patterns, ret);
	else
		err = -EBADMSG;
	arena_done(&arena);
	return err;
}

static void take_sandbox(const Runtime__V1__PodSandboxMetadata *metadata,
			 struct container_answer *answer)
{
	attribute_set_boolean(&answer->attributes, &answer->arena, IS_SANDBOX, true);
	if (!metadata)
		return;
	container_answer_set(answer, "k8s.pod.name", view_of_text(metadata->name));
	container_answer_set(answer, "k8s.namespace.name", view_of_text(metadata->namespace_));
	container_answer_set(answer, "k8s.pod.uid", view_of_text(metadata->uid));
}

int cri_message_read_sandbox(struct view body, const char *container_id,
			     struct container_answer *ret)
{
	struct arena arena;
	ProtobufCAllocator allocator = {
		.alloc = allocate, .free = release, .allocator_data = &arena};
	const Runtime__V1__PodSandboxStatusResponse *response;
	struct view message;
	int err = open_frame(body, &message);

	if (err < 0)
		return err;
	arena_init(&arena, MAX_UNPACK_BYTES);
	response = runtime__v1__pod_sandbox_status_response__unpack(&allocator, message.size,
								    (const uint8_t *)message.bytes);
	if (response && response->status && strcmp(response->status->id, container_id) == 0)
		take_sandbox(response->status->metadata, ret);
	else
		err = -EBADMSG;
	arena_done(&arena);
	return err;
}
