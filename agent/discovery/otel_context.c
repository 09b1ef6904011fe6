/*
 * Read as the specification has it: header, payload, header again; the same time of publication
 * means that nothing changed between. Of the protobuf only the path to string attributes is walked:
 * ProcessContext.resource (1), Resource.attributes (1), KeyValue.key (1) and .value (2),
 * AnyValue.string_value (1).
 */
#include "discovery/otel_context.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include "base/cleanup.h"
#include "process/proc_reader.h"

#define CONTEXT_VERSION 2
#define READ_ATTEMPTS   3

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

int otel_context_parse_header(struct view bytes, struct otel_context_header *ret)
{
	struct otel_context_header header;
	uint32_t version;

	if (bytes.size < OTEL_CONTEXT_HEADER_BYTES ||
	    !view_starts_with(bytes, VIEW_LITERAL("OTEL_CTX")))
		return -EINVAL;
	memcpy(&version, bytes.bytes + 8, 4);
	memcpy(&header.payload_size, bytes.bytes + 12, 4);
	memcpy(&header.published_ns, bytes.bytes + 16, 8);
	memcpy(&header.payload_address, bytes.bytes + 24, 8);
	if (version != CONTEXT_VERSION)
		return -EINVAL;
	if (!header.published_ns)
		return -EAGAIN;
	if (!header.payload_size || header.payload_size > MAX_OTEL_CONTEXT_BYTES)
		return -EINVAL;
	*ret = header;
	return 0;
}

static bool take_varint(struct view *rest, uint64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < rest->size && i < 10; i++) {
		uint64_t byte = (unsigned char)rest->bytes[i];

		value |= (byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		*rest = view_skip(*rest, i + 1);
		*ret = value;
		return true;
	}
	return false;
}

/* The next field; *ret_bytes is empty unless it is one of bytes. False at the end, or when it is
 * broken (*ret_is_broken). */
static bool take_field(struct view *rest, uint32_t *ret_number, struct view *ret_bytes,
		       bool *ret_is_broken)
{
	uint64_t tag, size;

	*ret_bytes = (struct view){0};
	if (!rest->size)
		return false;
	*ret_is_broken = true;
	if (!take_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX)
		return false;
	switch (tag & 7) {
	case WIRE_VARINT:
		if (!take_varint(rest, &size))
			return false;
		break;
	case WIRE_FIXED64:
	case WIRE_FIXED32:
		size = (tag & 7) == WIRE_FIXED64 ? 8 : 4;
		if (rest->size < size)
			return false;
		*rest = view_skip(*rest, size);
		break;
	case WIRE_BYTES:
		if (!take_varint(rest, &size) || size > rest->size)
			return false;
		*ret_bytes = view_take(*rest, size);
		*rest = view_skip(*rest, size);
		break;
	default:
		return false;
	}
	*ret_is_broken = false;
	*ret_number = (uint32_t)(tag >> 3);
	return true;
}

static void keep(char kept[MAX_OTEL_CONTEXT_TEXT], struct view text)
{
	size_t size = text.size < MAX_OTEL_CONTEXT_TEXT ? text.size : MAX_OTEL_CONTEXT_TEXT - 1;

	memset(kept, 0, MAX_OTEL_CONTEXT_TEXT);
	memcpy(kept, text.bytes, size);
}

static bool read_string(struct view value, struct view *ret)
{
	bool is_broken = false;
	struct view bytes;
	uint32_t number;

	*ret = (struct view){0};
	while (take_field(&value, &number, &bytes, &is_broken))
		if (number == 1)
			*ret = bytes;
	return !is_broken;
}

static bool read_attribute(struct view attribute, struct otel_context *ret)
{
	struct view bytes, key = {0}, text = {0};
	bool is_broken = false;
	uint32_t number;

	while (take_field(&attribute, &number, &bytes, &is_broken)) {
		if (number == 1)
			key = bytes;
		else if (number == 2 && !read_string(bytes, &text))
			return false;
	}
	if (is_broken)
		return false;
	if (!text.size)
		return true;
	if (view_equals(key, VIEW_LITERAL("service.name")))
		keep(ret->service_name, text);
	else if (view_equals(key, VIEW_LITERAL("telemetry.sdk.name")))
		keep(ret->sdk_name, text);
	else if (view_equals(key, VIEW_LITERAL("telemetry.sdk.language")))
		keep(ret->sdk_language, text);
	return true;
}

static bool read_resource(struct view resource, struct otel_context *ret)
{
	bool is_broken = false;
	struct view bytes;
	uint32_t number;

	while (take_field(&resource, &number, &bytes, &is_broken))
		if (number == 1 && !read_attribute(bytes, ret))
			return false;
	return !is_broken;
}

int otel_context_parse_payload(struct view payload, struct otel_context *ret)
{
	struct otel_context found = {0};
	bool is_broken = false;
	struct view bytes;
	uint32_t number;

	while (take_field(&payload, &number, &bytes, &is_broken))
		if (number == 1 && !read_resource(bytes, &found))
			return -EINVAL;
	if (is_broken)
		return -EINVAL;
	*ret = found;
	return 0;
}

bool otel_context_find(struct view maps, uint64_t *ret_address)
{
	static const struct view names[] = {VIEW_LITERAL("[anon_shmem:OTEL_CTX"),
					    VIEW_LITERAL("[anon:OTEL_CTX"),
					    VIEW_LITERAL("/memfd:OTEL_CTX")};
	struct view line;

	while (view_next_token(&maps, '\n', &line)) {
		ssize_t at = -1;
		char *end;

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && at < 0; i++)
			at = view_find(line, names[i]);
		/* A file may be called so anywhere; a name begins after the inode and blanks. */
		if (at < 1 || line.bytes[at - 1] != ' ')
			continue;
		*ret_address = strtoull(line.bytes, &end, 16);
		if (end > line.bytes && end < line.bytes + line.size && *end == '-')
			return true;
	}
	return false;
}

static int copy_memory(pid_t pid, uint64_t address, void *to, size_t size)
{
	struct iovec local = {to, size}, remote = {(void *)(uintptr_t)address, size};
	ssize_t count = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	return count == (ssize_t)size ? 0 : count < 0 ? -errno : -EFAULT;
}

static int read_header(pid_t pid, uint64_t address, struct otel_context_header *ret)
{
	char bytes[OTEL_CONTEXT_HEADER_BYTES];
	int err = copy_memory(pid, address, bytes, sizeof(bytes));

	return err < 0 ? err : otel_context_parse_header(view_of(bytes, sizeof(bytes)), ret);
}

static int read_context(pid_t pid, uint64_t address, struct otel_context *ret)
{
	_cleanup_(cleanup_free) char *payload = malloc(MAX_OTEL_CONTEXT_BYTES);
	struct otel_context_header header, again;
	int err = payload ? -EAGAIN : -ENOMEM;

	for (int i = 0; i < READ_ATTEMPTS && err == -EAGAIN; i++) {
		err = read_header(pid, address, &header);
		if (err == 0)
			err = copy_memory(pid, header.payload_address, payload,
					  header.payload_size);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (err == 0)
			err = read_header(pid, address, &again);
		if (err == 0 && again.published_ns != header.published_ns)
			err = -EAGAIN;
	}
	return err < 0 ? err
		       : otel_context_parse_payload(view_of(payload, header.payload_size), ret);
}

int otel_context_read(const char *proc_root, pid_t pid, struct otel_context *ret)
{
	/* A byte more: the numbers in the text end somewhere. */
	_cleanup_(cleanup_free) char *maps = calloc(1, MAX_OTEL_CONTEXT_MAP_BYTES + 1);
	uint64_t address;
	char path[320];
	ssize_t size;

	if (!maps)
		return -ENOMEM;
	(void)snprintf(path, sizeof(path), "%s/%d/maps", proc_root, (int)pid);
	size = proc_reader_file(path, maps, MAX_OTEL_CONTEXT_MAP_BYTES);
	if (size < 0)
		return (int)size;
	if (!otel_context_find(view_of(maps, (size_t)size), &address))
		return -ENOENT;
	return read_context(pid, address, ret);
}
