/* Crashes as files: nothing lost on the way and back, and nothing believed that is not so. */
#include "model/crash_codec.h"

#include <errno.h>
#include "cmocka_test.h"
#include "sample_crash.h"

static struct byte_buffer encode(const struct crash *crash)
{
	struct byte_buffer buffer;

	byte_buffer_init(&buffer, MAX_CRASH_FILE_BYTES);
	assert_int_equal(crash_codec_encode(crash, &buffer), 0);
	return buffer;
}

static struct crash *rich_crash(void)
{
	struct crash *crash = known_crash();

	crash->sender_pid = 99;
	crash->sender_name = VIEW_LITERAL("killer");
	crash->exit_status = -1;
	crash->memory_limit_bytes = 1ull << 40;
	crash->is_loss = true;
	crash->minidump = VIEW_LITERAL("MDMP\0\xff");
	crash->fingerprint = arena_allocate(&crash->arena, 2 * sizeof(*crash->fingerprint));
	crash->fingerprint[0] = VIEW_LITERAL("{{ default }}");
	crash->fingerprint[1] = VIEW_LITERAL("abort");
	crash->fingerprint_count = 2;
	attribute_set_double(&crash->attributes, &crash->arena, "ratio", -0.25);
	attribute_set_boolean(&crash->attributes, &crash->arena, "yes", true);
	attribute_set_integer(&crash->attributes, &crash->arena, "low", INT64_MIN);
	attribute_set_string(&crash->attributes, &crash->arena, "empty", (struct view){0});
	crash->attributes.dropped_count = 7;
	return crash;
}

static void assert_stacks(const struct crash *got, const struct crash *wanted)
{
	assert_int_equal(got->threads_count, wanted->threads_count);
	assert_int_equal(got->crashed_thread, wanted->crashed_thread);
	for (uint32_t t = 0; t < wanted->threads_count; t++) {
		const struct crash_thread *a = &got->threads[t], *b = &wanted->threads[t];

		assert_true(view_equals(a->name, b->name));
		assert_int_equal(a->tid, b->tid);
		assert_int_equal(a->is_crashed, b->is_crashed);
		if (b->has_registers)
			assert_memory_equal(a->registers, b->registers, sizeof(a->registers));
		assert_int_equal(a->frames_count, b->frames_count);
		for (uint32_t f = 0; f < b->frames_count; f++) {
			assert_int_equal(a->frames[f].pc, b->frames[f].pc);
			assert_true(view_equals(a->frames[f].function, b->frames[f].function));
			assert_int_equal(a->frames[f].image, b->frames[f].image);
			assert_int_equal(a->frames[f].trust, b->frames[f].trust);
			assert_int_equal(a->frames[f].repeats, b->frames[f].repeats);
		}
	}
	assert_int_equal(got->images_count, wanted->images_count);
	for (uint32_t i = 0; i < wanted->images_count; i++) {
		assert_true(view_equals(got->images[i].path, wanted->images[i].path));
		assert_int_equal(got->images[i].size, wanted->images[i].size);
		assert_memory_equal(got->images[i].build_id, wanted->images[i].build_id,
				    MAX_BUILD_ID_BYTES);
	}
}

static void there_and_back(void **state)
{
	struct crash *crash = rich_crash(), *back = NULL;
	struct byte_buffer file = encode(crash), again;
	struct view copy = exact_copy(byte_buffer_view(&file));
	const char *error = NULL;

	(void)state;
	assert_int_equal(crash_codec_decode(&back, copy, &error), 0);
	free_copy(copy); /* what was read owns all it points to */
	assert_null(error);
	assert_memory_equal(back->id, crash->id, CRASH_ID_BYTES);
	assert_int_equal(back->unix_ns, KNOWN_CRASH_NS);
	assert_string_equal(back->signal_name, "SIGSEGV");
	assert_string_equal(back->code_name, "SEGV_MAPERR");
	assert_string_equal(back->trace.operation, "http.server");
	assert_string_equal(back->trace.source, "context");
	assert_view(back->trace.transaction, "GET /orders/{id}");
	assert_view(attribute_string(&back->trace.request, "http.route"), "/orders/{id}");
	assert_view(attribute_string(&back->attributes, "limpet.crash.kind"), "signal");
	assert_true(attribute_find(&back->attributes, "ratio")->number == -0.25);
	assert_true(attribute_find(&back->attributes, "yes")->boolean);
	assert_true(attribute_find(&back->attributes, "low")->integer == INT64_MIN);
	assert_non_null(attribute_find(&back->attributes, "empty"));
	assert_int_equal(back->attributes.dropped_count, 7);
	assert_true(view_equals(back->minidump, crash->minidump));
	assert_int_equal(back->exit_status, -1);
	assert_int_equal(back->fingerprint_count, 2);
	assert_view(back->fingerprint[1], "abort");
	assert_true(back->has_session);
	assert_memory_equal(&back->session, &crash->session, sizeof(back->session));
	assert_int_equal(back->breadcrumbs_count, 4);
	assert_view(back->breadcrumbs[2].message, "connect: ECONNREFUSED");
	assert_true(view_equals(back->resource->service_name, crash->resource->service_name));
	assert_view(attribute_string(&back->resource->attributes, "process.executable.name"),
		    "shop");
	assert_stacks(back, crash);
	/* Whatever the checks above left out: the same bytes again. */
	again = encode(back);
	assert_true(view_equals(byte_buffer_view(&again), byte_buffer_view(&file)));
	byte_buffer_done(&again);
	byte_buffer_done(&file);
	crash_free(&crash);
	crash_free(&back);
}

static void the_least_there_can_be(void **state)
{
	struct crash *crash, *back;
	struct resource *resource;
	struct byte_buffer file;
	const char *error = NULL;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	crash->kind = CRASH_EXIT;
	file = encode(crash);
	assert_int_equal(crash_codec_decode(&back, byte_buffer_view(&file), &error), 0);
	assert_null(back->signal_name);
	assert_null(back->threads);
	assert_null(back->images);
	assert_null(crash_thread_of(back));
	assert_true(view_is_empty(back->minidump));
	crash_free(&back);
	crash_free(&crash);
	byte_buffer_done(&file);
}

/* The header made to fit whatever the payload is by now. */
static void seal(struct view file)
{
	struct crash_codec_header header;
	struct view payload = view_skip(file, sizeof(header));
	struct sha256 sha256;

	memcpy(&header, file.bytes, sizeof(header));
	header.payload_bytes = payload.size;
	sha256_init(&sha256);
	sha256_add(&sha256, payload);
	sha256_finish(&sha256, header.payload_sha256);
	memcpy((char *)(uintptr_t)file.bytes, &header, sizeof(header));
}

static void refuse(struct view file, const char *reason)
{
	struct crash *crash = NULL;
	const char *error = NULL;

	assert_int_equal(crash_codec_decode(&crash, file, &error), -EBADMSG);
	assert_null(crash);
	assert_non_null(error);
	if (reason)
		assert_string_equal(error, reason);
}

/* Both as it is cut on a disk, and with a checksum that fits what is left. */
static void cut_at_every_offset(void **state)
{
	struct crash *crash = rich_crash();
	struct byte_buffer file = encode(crash);

	(void)state;
	for (size_t size = 0; size < file.size; size++) {
		struct view cut = exact_copy(view_of(file.bytes, size));

		refuse(cut, NULL);
		if (size >= sizeof(struct crash_codec_header)) {
			seal(cut);
			refuse(cut, NULL);
		}
		free_copy(cut);
	}
	byte_buffer_done(&file);
	crash_free(&crash);
}

/* Any byte changed is noticed; with a checksum that fits, the decoder ends with a crash or without.
 */
static void every_byte_changed(void **state)
{
	struct crash *crash = rich_crash();
	struct byte_buffer file = encode(crash);

	(void)state;
	for (size_t i = 0; i < file.size; i++) {
		struct view changed = exact_copy(byte_buffer_view(&file));
		struct crash *back = NULL;
		const char *error;

		((char *)(uintptr_t)changed.bytes)[i] = (char)(file.bytes[i] ^ 0xff);
		refuse(changed, NULL);
		if (i >= sizeof(struct crash_codec_header)) {
			seal(changed);
			if (crash_codec_decode(&back, changed, &error) == 0)
				crash_free(&back);
		}
		free_copy(changed);
	}
	byte_buffer_done(&file);
	crash_free(&crash);
}

static void what_is_wrong_is_named(void **state)
{
	struct crash *crash = rich_crash();
	struct byte_buffer file = encode(crash);
	struct crash_codec_header *header = (struct crash_codec_header *)file.bytes;

	(void)state;
	refuse((struct view){0}, "it ends too early");
	refuse(view_of(file.bytes, 20), "it ends too early");
	refuse(view_of(file.bytes, file.size - 1), "its size is not the one it had");
	header->version = CRASH_CODEC_VERSION + 1;
	refuse(byte_buffer_view(&file), "another version of limpet wrote it");
	header->version = CRASH_CODEC_VERSION;
	file.bytes[file.size - 1] ^= 1;
	refuse(byte_buffer_view(&file), "its checksum does not match");
	file.bytes[file.size - 1] ^= 1;
	byte_buffer_append_byte(&file, 0);
	seal(byte_buffer_view(&file));
	refuse(byte_buffer_view(&file), "more follows than there should be");
	file.bytes[0] = 'l';
	refuse(byte_buffer_view(&file), "it is not a crash of limpet's");
	byte_buffer_done(&file);
	crash_free(&crash);
}

static void what_cannot_be_read_is_not_written(void **state)
{
	struct crash *crash = rich_crash(), *back;
	struct byte_buffer file;
	const char *error;

	(void)state;
	byte_buffer_init(&file, 1000);
	assert_int_equal(crash_codec_encode(crash, &file), -EFBIG);
	byte_buffer_done(&file);
	byte_buffer_init(&file, MAX_CRASH_FILE_BYTES);
	crash->fingerprint_count = 65;
	assert_int_equal(crash_codec_encode(crash, &file), -EINVAL);
	byte_buffer_clear(&file);
	crash->fingerprint_count = 0;
	/* A string beyond any bound is cut, not a reason to lose the crash. */
	crash->cause = view_of(calloc(1, 70000), 70000);
	assert_int_equal(crash_codec_encode(crash, &file), 0);
	assert_int_equal(crash_codec_decode(&back, byte_buffer_view(&file), &error), 0);
	assert_int_equal(back->cause.size, 65536);
	free_copy(crash->cause);
	crash_free(&back);
	crash_free(&crash);
	byte_buffer_done(&file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(the_least_there_can_be),
		cmocka_unit_test(cut_at_every_offset),
		cmocka_unit_test(every_byte_changed),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(what_cannot_be_read_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
