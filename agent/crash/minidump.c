/*
 * Writes a minidump front to back: what streams point to goes before them, the directory is filled
 * in at the end. Little-endian, like both machines. Layouts: Microsoft's minidumpapiset.h, and
 * Breakpad's for what Linux needs (build-ids as BpEL records).
 */
#include "crash/minidump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/utf8.h"
#include "crash/minidump_registers.h"

#define SIGNATURE          0x504d444du /* "MDMP" */
#define VERSION            0xa793u
#define SIGNATURE_BPEL     0x4270454cu /* a build-id follows */
#define PLATFORM_LINUX     0x8201u
#define ARCHITECTURE_AMD64 9
#define ARCHITECTURE_ARM64 12
#define MAX_STREAMS        7
#define MAX_RANGES         (MAX_CRASH_THREADS * MAX_STACK_PAGES)
#define MAX_NAME_BYTES     1024

enum stream_type {
	STREAM_THREAD_LIST = 3,
	STREAM_MODULE_LIST = 4,
	STREAM_MEMORY_LIST = 5,
	STREAM_EXCEPTION = 6,
	STREAM_SYSTEM = 7,
	STREAM_MISC = 15,
	STREAM_THREAD_NAMES = 24,
};

struct location {
	uint32_t size;
	uint32_t offset;
};

struct memory_range {
	uint64_t start;
	struct location bytes;
};

struct writer {
	struct byte_buffer *out;
	const struct crash *crash;
	const struct raw_crash *raw;
	bool is_arm64;
	struct {
		uint32_t type;
		struct location place;
	} streams[MAX_STREAMS];
	uint32_t streams_count;
	struct memory_range *ranges;
	uint32_t ranges_count;
	struct location registers[MAX_CRASH_THREADS];
};

static void put_u16(struct writer *writer, uint16_t value)
{
	byte_buffer_append(writer->out, view_of(&value, sizeof(value)));
}

static void put_u32(struct writer *writer, uint32_t value)
{
	byte_buffer_append(writer->out, view_of(&value, sizeof(value)));
}

static void put_u64(struct writer *writer, uint64_t value)
{
	byte_buffer_append(writer->out, view_of(&value, sizeof(value)));
}

static void put_location(struct writer *writer, struct location location)
{
	put_u32(writer, location.size);
	put_u32(writer, location.offset);
}

static void put_zeros(struct writer *writer, size_t count)
{
	char *room = byte_buffer_reserve(writer->out, count);

	if (!room)
		return;
	memset(room, 0, count);
	writer->out->size += count;
}

/* Where the next thing goes: everything begins at a multiple of 8. */
static uint32_t place_here(struct writer *writer)
{
	if (writer->out->size % 8)
		put_zeros(writer, 8 - writer->out->size % 8);
	return (uint32_t)writer->out->size;
}

static void begin_stream(struct writer *writer, enum stream_type type)
{
	writer->streams[writer->streams_count].type = type;
	writer->streams[writer->streams_count].place.offset = place_here(writer);
}

static void end_stream(struct writer *writer)
{
	struct location *place = &writer->streams[writer->streams_count++].place;

	place->size = (uint32_t)writer->out->size - place->offset;
}

static uint32_t decode_sequence(struct view text, size_t length)
{
	static const uint8_t first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t code_point = (uint8_t)text.bytes[0] & first_bits[length];

	for (size_t i = 1; i < length; i++)
		code_point = code_point << 6 | ((uint8_t)text.bytes[i] & 0x3f);
	return code_point;
}

/* A MINIDUMP_STRING: its size in bytes, UTF-16, a NUL that does not count. */
static uint32_t put_string(struct writer *writer, struct view text)
{
	uint32_t place = place_here(writer), size;

	put_u32(writer, 0);
	text = view_take(text, MAX_NAME_BYTES);
	while (text.size) {
		size_t length = utf8_sequence_length(text);
		uint32_t code_point = length ? decode_sequence(text, length) : 0xfffd;

		if (code_point >= 0x10000) {
			put_u16(writer, (uint16_t)(0xd800 + ((code_point - 0x10000) >> 10)));
			code_point = 0xdc00 + ((code_point - 0x10000) & 0x3ff);
		}
		put_u16(writer, (uint16_t)code_point);
		text = view_skip(text, length ? length : 1);
	}
	if (!writer->out->is_failed) {
		size = (uint32_t)writer->out->size - place - 4;
		memcpy(writer->out->bytes + place, &size, sizeof(size));
	}
	put_u16(writer, 0);
	return place;
}

static void write_system(struct writer *writer)
{
	struct utsname name = {.sysname = "Linux"};
	unsigned int major = 0, minor = 0, build = 0;
	char text[512];
	uint32_t version;

	(void)uname(&name);
	(void)sscanf(name.release, "%u.%u.%u", &major, &minor, &build);
	(void)snprintf(text, sizeof(text), "%s %s %s", name.sysname, name.release, name.version);
	version = put_string(writer, view_of_text(text));
	begin_stream(writer, STREAM_SYSTEM);
	put_u16(writer, writer->is_arm64 ? ARCHITECTURE_ARM64 : ARCHITECTURE_AMD64);
	put_u16(writer, 0); /* level and revision of the processor */
	put_u16(writer, 0);
	put_u16(writer, (uint16_t)(sysconf(_SC_NPROCESSORS_CONF) & 0xff));
	put_u32(writer, major);
	put_u32(writer, minor);
	put_u32(writer, build);
	put_u32(writer, PLATFORM_LINUX);
	put_u32(writer, version);
	put_u32(writer, 0); /* suites */
	put_zeros(writer, 24);
	end_stream(writer);
}

static int compare_pages(const void *a, const void *b)
{
	const struct raw_page *first = *(struct raw_page *const *)a;
	const struct raw_page *second = *(struct raw_page *const *)b;

	return first->address < second->address ? -1 : first->address > second->address;
}

/* Pages that follow each other become one range. */
static void write_pages(struct writer *writer, const struct raw_thread *thread)
{
	struct raw_page *pages[MAX_STACK_PAGES];
	uint32_t count =
		thread->pages_count < MAX_STACK_PAGES ? thread->pages_count : MAX_STACK_PAGES;
	struct memory_range *range = NULL;

	if (!count)
		return;
	memcpy(pages, thread->pages, count * sizeof(pages[0]));
	qsort(pages, count, sizeof(pages[0]), compare_pages);
	for (uint32_t i = 0; i < count; i++) {
		if (range && pages[i]->address < range->start + range->bytes.size)
			continue;
		if (!range || pages[i]->address != range->start + range->bytes.size) {
			range = &writer->ranges[writer->ranges_count++];
			range->start = pages[i]->address;
			range->bytes = (struct location){.offset = place_here(writer)};
		}
		byte_buffer_append(writer->out, view_of(pages[i]->bytes, STACK_PAGE_BYTES));
		range->bytes.size += STACK_PAGE_BYTES;
	}
}

/* The range the stack pointer is in; with a stack overflow the first one above it. */
static struct memory_range find_stack(const struct writer *writer, uint32_t first, uint64_t sp)
{
	for (uint32_t i = first; i < writer->ranges_count; i++)
		if (sp < writer->ranges[i].start + writer->ranges[i].bytes.size)
			return writer->ranges[i];
	return (struct memory_range){0};
}

/* Of the thread that crashed, where it did: it may have ended itself in the fault's handler. */
static const uint64_t *registers_of(const struct writer *writer, uint32_t i)
{
	if (i == 0 && writer->crash->threads_count)
		return writer->crash->threads[0].registers;
	return (const uint64_t *)writer->raw->threads[i]->record.registers;
}

static void write_threads(struct writer *writer)
{
	struct memory_range stacks[MAX_CRASH_THREADS] = {{0}};
	uint32_t count = writer->raw->threads_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct raw_thread *thread = writer->raw->threads[i];
		const uint64_t *registers = registers_of(writer, i);
		uint32_t first_range = writer->ranges_count;

		write_pages(writer, thread);
		stacks[i] =
			find_stack(writer, first_range,
				   minidump_registers_stack_pointer(writer->is_arm64, registers));
		writer->registers[i].offset = place_here(writer);
		writer->registers[i].size =
			minidump_registers_put(writer->out, writer->is_arm64, registers);
	}
	begin_stream(writer, STREAM_THREAD_LIST);
	put_u32(writer, count);
	for (uint32_t i = 0; i < count; i++) {
		put_u32(writer, writer->raw->threads[i]->record.tid);
		put_zeros(writer, 3 * 4 + 8); /* suspended, priorities, TEB */
		put_u64(writer, stacks[i].start);
		put_location(writer, stacks[i].bytes);
		put_location(writer, writer->registers[i]);
	}
	end_stream(writer);
}

static void write_thread_names(struct writer *writer)
{
	uint32_t names[MAX_CRASH_THREADS], count = writer->raw->threads_count;

	for (uint32_t i = 0; i < count; i++) {
		const struct crash_thread_record *record = &writer->raw->threads[i]->record;

		names[i] =
			put_string(writer, view_of(record->name, strnlen((const char *)record->name,
									 sizeof(record->name))));
	}
	begin_stream(writer, STREAM_THREAD_NAMES);
	put_u32(writer, count);
	for (uint32_t i = 0; i < count; i++) {
		put_u32(writer, writer->raw->threads[i]->record.tid);
		put_u64(writer, names[i]);
	}
	end_stream(writer);
}

static void write_memory(struct writer *writer)
{
	begin_stream(writer, STREAM_MEMORY_LIST);
	put_u32(writer, writer->ranges_count);
	for (uint32_t i = 0; i < writer->ranges_count; i++) {
		put_u64(writer, writer->ranges[i].start);
		put_location(writer, writer->ranges[i].bytes);
	}
	end_stream(writer);
}

static struct location put_build_id(struct writer *writer, const struct crash_image *image)
{
	struct location place = {0};

	if (!image->build_id_size)
		return place;
	place.offset = place_here(writer);
	put_u32(writer, SIGNATURE_BPEL);
	byte_buffer_append(writer->out, view_of(image->build_id, image->build_id_size));
	place.size = 4u + image->build_id_size;
	return place;
}

static int write_modules(struct writer *writer)
{
	const struct crash *crash = writer->crash;
	struct {
		uint32_t name;
		struct location build_id;
	} *places = calloc(crash->images_count + 1, sizeof(*places));

	if (!places)
		return -ENOMEM;
	for (uint32_t i = 0; i < crash->images_count; i++) {
		places[i].name = put_string(writer, crash->images[i].path);
		places[i].build_id = put_build_id(writer, &crash->images[i]);
	}
	begin_stream(writer, STREAM_MODULE_LIST);
	put_u32(writer, crash->images_count);
	for (uint32_t i = 0; i < crash->images_count; i++) {
		uint64_t size = crash->images[i].size;

		put_u64(writer, crash->images[i].start);
		put_u32(writer, size < UINT32_MAX ? (uint32_t)size : UINT32_MAX);
		put_u32(writer, 0); /* checksum, time */
		put_u32(writer, 0);
		put_u32(writer, places[i].name);
		put_zeros(writer, 13 * 4); /* VS_FIXEDFILEINFO */
		put_location(writer, places[i].build_id);
		put_zeros(writer, 8 + 8 + 8); /* other records, reserved */
	}
	end_stream(writer);
	free(places);
	return 0;
}

static void write_exception(struct writer *writer)
{
	begin_stream(writer, STREAM_EXCEPTION);
	put_u32(writer, writer->raw->threads[0]->record.tid);
	put_u32(writer, 0);
	put_u32(writer, (uint32_t)writer->crash->signal);
	put_u32(writer, (uint32_t)writer->crash->code);
	put_u64(writer, 0); /* no exception before it */
	put_u64(writer, writer->crash->has_fault_address ? writer->crash->fault_address : 0);
	put_zeros(writer, 4 + 4 + 15 * 8);
	put_location(writer, writer->registers[0]);
	end_stream(writer);
}

static void write_misc(struct writer *writer)
{
	begin_stream(writer, STREAM_MISC);
	put_u32(writer, 24);
	put_u32(writer, 1 | 2); /* the process id and its times are valid */
	put_u32(writer, writer->crash->pid);
	put_u32(writer, (uint32_t)(writer->crash->start_unix_ns / NS_PER_S));
	put_u32(writer, 0);
	put_u32(writer, 0);
	end_stream(writer);
}

static void fill_directory(struct writer *writer)
{
	struct byte_buffer head;
	struct byte_buffer *out = writer->out;

	byte_buffer_init(&head, 1024);
	writer->out = &head;
	put_u32(writer, SIGNATURE);
	put_u32(writer, VERSION);
	put_u32(writer, writer->streams_count);
	put_u32(writer, 32); /* the directory follows */
	put_u32(writer, 0);
	put_u32(writer, (uint32_t)(writer->crash->unix_ns / NS_PER_S));
	put_u64(writer, 0);
	for (uint32_t i = 0; i < writer->streams_count; i++) {
		put_u32(writer, writer->streams[i].type);
		put_location(writer, writer->streams[i].place);
	}
	if (head.is_failed)
		out->is_failed = true;
	else
		memcpy(out->bytes, head.bytes, head.size);
	byte_buffer_done(&head);
	writer->out = out;
}

static bool is_memory_forbidden(const struct crash *crash, const struct raw_crash *raw)
{
	for (uint32_t i = 0; i < raw->threads_count; i++)
		if (raw->threads[i]->record.flags & CRASH_IS_NOT_DUMPABLE)
			return true;
	return crash->is_metadata_only;
}

int minidump_encode(const struct crash *crash, const struct raw_crash *raw, bool is_arm64,
		    struct byte_buffer *out)
{
	struct writer writer = {.out = out, .crash = crash, .raw = raw, .is_arm64 = is_arm64};
	int r;

	if (is_memory_forbidden(crash, raw))
		return -EPERM;
	if (!raw->threads_count)
		return -ENODATA;
	writer.ranges = calloc(MAX_RANGES, sizeof(*writer.ranges));
	if (!writer.ranges)
		return -ENOMEM;
	put_zeros(&writer, 32 + 12 * MAX_STREAMS);
	write_system(&writer);
	write_threads(&writer);
	write_thread_names(&writer);
	r = write_modules(&writer);
	write_memory(&writer);
	write_exception(&writer);
	write_misc(&writer);
	free(writer.ranges);
	if (r == 0 && !out->is_failed)
		fill_directory(&writer);
	return r == 0 && out->is_failed ? -EMSGSIZE : r;
}

int minidump_write(struct crash *crash, const struct raw_crash *raw)
{
	struct byte_buffer bytes;
	struct view copy;
	int r;

	byte_buffer_init(&bytes, MAX_MINIDUMP_BYTES);
#if defined(__aarch64__)
	r = minidump_encode(crash, raw, true, &bytes);
#else
	r = minidump_encode(crash, raw, false, &bytes);
#endif
	if (r == 0) {
		copy = arena_copy(&crash->arena, byte_buffer_view(&bytes));
		if (copy.bytes)
			crash->minidump = copy;
		else
			r = -ENOMEM;
	}
	byte_buffer_done(&bytes);
	return r;
}
