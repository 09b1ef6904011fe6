/*
 * The block: a version byte, fixed fields, five strings, attributes. Numbers are little-endian,
 * strings have a 32-bit length before them. A sticky cursor makes every read after a failed one
 * fail too, so that the decoder checks once.
 */
#include "process/process_description.h"

#include <errno.h>
#include <math.h>
#include "base/utf8.h"

#define DESCRIPTION_VERSION 1

static void put_number(struct byte_buffer *buffer, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		byte_buffer_append_byte(buffer, (char)(value >> (8 * i)));
}

static void put_text(struct byte_buffer *buffer, struct view text)
{
	put_number(buffer, text.size, 4);
	byte_buffer_append(buffer, text);
}

static void put_attribute(struct byte_buffer *buffer, const struct attribute *attribute)
{
	uint64_t bits = 0;

	put_number(buffer, attribute->type, 1);
	put_text(buffer, view_of_text(attribute->key));
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
	case ATTRIBUTE_STRINGS:
		put_text(buffer, attribute->string);
		return;
	case ATTRIBUTE_INTEGER:
		bits = (uint64_t)attribute->integer;
		break;
	case ATTRIBUTE_DOUBLE:
		memcpy(&bits, &attribute->number, sizeof(bits));
		break;
	case ATTRIBUTE_BOOLEAN:
		bits = attribute->boolean;
		break;
	}
	put_number(buffer, bits, 8);
}

int process_description_encode(const struct process_description *description,
			       struct byte_buffer *buffer)
{
	const struct resource *resource = description->resource;
	size_t size_before = buffer->size;

	put_number(buffer, DESCRIPTION_VERSION, 1);
	put_number(buffer, (uint32_t)description->tgid, 4);
	put_number(buffer, description->uid, 4);
	put_number(buffer, description->start_boottime_ns, 8);
	put_number(buffer, description->runtime, 4);
	byte_buffer_append(buffer, view_of(description->name, TASK_NAME_BYTES));
	put_number(buffer, resource->pid, 4);
	put_text(buffer, resource->service_name);
	put_text(buffer, resource->service_version);
	put_text(buffer, resource->release);
	put_text(buffer, resource->environment);
	put_text(buffer, resource->server_name);
	put_number(buffer, resource->attributes.count, 4);
	for (uint32_t i = 0; i < resource->attributes.count; i++)
		put_attribute(buffer, &resource->attributes.items[i]);
	if (buffer->is_failed || buffer->size - size_before > MAX_PROCESS_DESCRIPTION_BYTES) {
		buffer->size = size_before;
		buffer->is_failed = false;
		return -E2BIG;
	}
	return 0;
}

struct cursor {
	struct view rest;
	bool is_failed;
};

static struct view take_bytes(struct cursor *cursor, uint64_t count)
{
	struct view taken;

	if (cursor->is_failed || count > cursor->rest.size) {
		cursor->is_failed = true;
		return (struct view){0};
	}
	taken = view_take(cursor->rest, count);
	cursor->rest = view_skip(cursor->rest, count);
	return taken;
}

static uint64_t take_number(struct cursor *cursor, size_t bytes)
{
	struct view taken = take_bytes(cursor, bytes);
	uint64_t value = 0;

	for (size_t i = 0; i < taken.size; i++)
		value |= (uint64_t)(unsigned char)taken.bytes[i] << (8 * i);
	return value;
}

static struct view take_text(struct cursor *cursor)
{
	struct view text = take_bytes(cursor, take_number(cursor, 4)), rest = text;

	while (rest.size) {
		size_t length = utf8_sequence_length(rest);

		if (length == 0)
			cursor->is_failed = true;
		rest = view_skip(rest, length ? length : rest.size);
	}
	return text;
}

static struct view copy_text(struct cursor *cursor, struct resource *resource)
{
	return arena_copy(&resource->arena, take_text(cursor));
}

static bool is_key(struct view key)
{
	for (size_t i = 0; i < key.size; i++)
		if ((unsigned char)key.bytes[i] < 0x20 || key.bytes[i] == 0x7f)
			return false;
	return key.size > 0;
}

static void take_attribute(struct cursor *cursor, struct resource *resource)
{
	struct attribute_list *list = &resource->attributes;
	uint64_t type = take_number(cursor, 1), bits;
	struct view key = take_text(cursor), text;
	double number;

	if (!is_key(key) || type > ATTRIBUTE_STRINGS)
		cursor->is_failed = true;
	if (cursor->is_failed)
		return;
	key = arena_copy(&resource->arena, key);
	if (!key.bytes) {
		cursor->is_failed = true;
		return;
	}
	if (type == ATTRIBUTE_STRING || type == ATTRIBUTE_STRINGS) {
		text = take_text(cursor);
		if (!cursor->is_failed)
			attribute_set_copy(list, &resource->arena, key.bytes,
					   &(struct attribute){.type = (enum attribute_type)type,
							       .string = text});
		return;
	}
	bits = take_number(cursor, 8);
	memcpy(&number, &bits, sizeof(number));
	if ((type == ATTRIBUTE_DOUBLE && !isfinite(number)) ||
	    (type == ATTRIBUTE_BOOLEAN && bits > 1))
		cursor->is_failed = true;
	if (cursor->is_failed)
		return;
	if (type == ATTRIBUTE_INTEGER)
		attribute_set_integer(list, &resource->arena, key.bytes, (int64_t)bits);
	else if (type == ATTRIBUTE_DOUBLE)
		attribute_set_double(list, &resource->arena, key.bytes, number);
	else
		attribute_set_boolean(list, &resource->arena, key.bytes, bits == 1);
}

static void take_resource(struct cursor *cursor, struct resource *resource)
{
	uint64_t count;

	resource->pid = (uint32_t)take_number(cursor, 4);
	resource->service_name = copy_text(cursor, resource);
	resource->service_version = copy_text(cursor, resource);
	resource->release = copy_text(cursor, resource);
	resource->environment = copy_text(cursor, resource);
	resource->server_name = copy_text(cursor, resource);
	count = take_number(cursor, 4);
	if (count > MAX_ATTRIBUTES)
		cursor->is_failed = true;
	for (uint64_t i = 0; i < count && !cursor->is_failed; i++)
		take_attribute(cursor, resource);
	if (resource->attributes.dropped_count || resource->arena.is_full)
		cursor->is_failed = true;
}

int process_description_decode(struct view block, struct process_description *ret)
{
	struct process_description found = {0};
	struct cursor cursor = {.rest = block};
	struct view name;
	uint64_t runtime;

	if (block.size > MAX_PROCESS_DESCRIPTION_BYTES ||
	    take_number(&cursor, 1) != DESCRIPTION_VERSION)
		return -EINVAL;
	found.tgid = (pid_t)(uint32_t)take_number(&cursor, 4);
	found.uid = (uint32_t)take_number(&cursor, 4);
	found.start_boottime_ns = take_number(&cursor, 8);
	runtime = take_number(&cursor, 4);
	name = take_bytes(&cursor, TASK_NAME_BYTES);
	if (cursor.is_failed || runtime >= RUNTIMES_COUNT || found.tgid < 0 ||
	    name.bytes[TASK_NAME_BYTES - 1] != '\0')
		return -EINVAL;
	found.runtime = (enum process_runtime)runtime;
	memcpy(found.name, name.bytes, TASK_NAME_BYTES);
	if (resource_new(&found.resource) < 0)
		return -ENOMEM;
	take_resource(&cursor, found.resource);
	if (cursor.is_failed || cursor.rest.size) {
		resource_release(&found.resource);
		return -EINVAL;
	}
	*ret = found;
	return 0;
}

void process_description_done(struct process_description *description)
{
	resource_release(&description->resource);
}
