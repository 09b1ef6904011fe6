/* The flat form of a process: there and back, cut at every offset, every byte wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "process/process_description.h"

static struct process_description sample(void)
{
	struct process_description description = {.tgid = 4711,
						  .uid = 1001,
						  .start_boottime_ns = 123456789012345,
						  .runtime = RUNTIME_NODE,
						  .name = "node"};
	struct resource *resource;

	assert_int_equal(resource_new(&resource), 0);
	resource->pid = 4711;
	resource->service_name = arena_copy(&resource->arena, VIEW_LITERAL("shop"));
	resource->release = arena_copy(&resource->arena, VIEW_LITERAL("r1"));
	attribute_set_string(&resource->attributes, &resource->arena, "service.name",
			     VIEW_LITERAL("sh\xc3\xb6p"));
	attribute_set_integer(&resource->attributes, &resource->arena, "n", -5);
	attribute_set_double(&resource->attributes, &resource->arena, "d", 1.5);
	attribute_set_boolean(&resource->attributes, &resource->arena, "b", true);
	attribute_set_strings(&resource->attributes, &resource->arena, "l", view_of("one\0two", 8));
	description.resource = resource;
	return description;
}

static void encode(struct byte_buffer *buffer)
{
	struct process_description description = sample();

	byte_buffer_init(buffer, MAX_PROCESS_DESCRIPTION_BYTES);
	assert_int_equal(process_description_encode(&description, buffer), 0);
	process_description_done(&description);
	assert_null(description.resource);
}

static void test_there_and_back(void **state)
{
	struct process_description found;
	const struct resource *resource;
	struct byte_buffer buffer;

	(void)state;
	encode(&buffer);
	assert_int_equal(process_description_decode(byte_buffer_view(&buffer), &found), 0);
	byte_buffer_done(&buffer);
	resource = found.resource;
	assert_int_equal(found.tgid, 4711);
	assert_int_equal(found.uid, 1001);
	assert_int_equal(found.start_boottime_ns, 123456789012345);
	assert_int_equal(found.runtime, RUNTIME_NODE);
	assert_string_equal(found.name, "node");
	assert_int_equal(resource->pid, 4711);
	assert_true(view_equals(resource->service_name, VIEW_LITERAL("shop")));
	assert_true(view_equals(resource->release, VIEW_LITERAL("r1")));
	assert_int_equal(resource->environment.size, 0);
	assert_int_equal(resource->attributes.count, 5);
	assert_true(view_equals(attribute_string(&resource->attributes, "service.name"),
				VIEW_LITERAL("sh\xc3\xb6p")));
	assert_int_equal(attribute_find(&resource->attributes, "n")->integer, -5);
	assert_true(attribute_find(&resource->attributes, "d")->number == 1.5);
	assert_true(attribute_find(&resource->attributes, "b")->boolean);
	assert_int_equal(attribute_find(&resource->attributes, "l")->type, ATTRIBUTE_STRINGS);
	assert_int_equal(attribute_find(&resource->attributes, "l")->string.size, 8);
	process_description_done(&found);
}

static void test_every_cut(void **state)
{
	struct process_description found = {.tgid = 1};
	struct byte_buffer buffer;

	(void)state;
	encode(&buffer);
	for (size_t cut = 0; cut < buffer.size; cut++) {
		char *copy = malloc(cut ? cut : 1);

		memcpy(copy, buffer.bytes, cut);
		assert_int_equal(process_description_decode(view_of(copy, cut), &found), -EINVAL);
		free(copy);
	}
	assert_int_equal(found.tgid, 1);
	byte_buffer_append_byte(&buffer, 0);
	assert_int_equal(process_description_decode(byte_buffer_view(&buffer), &found), -EINVAL);
	byte_buffer_done(&buffer);
}

static void test_every_byte_wrong(void **state)
{
	struct process_description found;
	struct byte_buffer buffer;
	int refused = 0;

	(void)state;
	encode(&buffer);
	for (size_t at = 0; at < buffer.size; at++) {
		buffer.bytes[at] ^= (char)0xff;
		if (process_description_decode(byte_buffer_view(&buffer), &found) == 0)
			process_description_done(&found);
		else
			refused++;
		buffer.bytes[at] ^= (char)0xff;
	}
	assert_true(refused > 40); /* lengths, counts, kinds and text that is no UTF-8 any more */
	byte_buffer_done(&buffer);
}

static void test_values_nobody_writes(void **state)
{
	struct process_description description = sample(), found;
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, MAX_PROCESS_DESCRIPTION_BYTES);
	attribute_set_double(&description.resource->attributes, &description.resource->arena, "d",
			     NAN);
	assert_int_equal(process_description_encode(&description, &buffer), 0);
	assert_int_equal(process_description_decode(byte_buffer_view(&buffer), &found), -EINVAL);
	byte_buffer_clear(&buffer);
	attribute_set_double(&description.resource->attributes, &description.resource->arena, "d",
			     1);
	attribute_set_integer(&description.resource->attributes, &description.resource->arena,
			      "new\nline", 1);
	assert_int_equal(process_description_encode(&description, &buffer), 0);
	assert_int_equal(process_description_decode(byte_buffer_view(&buffer), &found), -EINVAL);
	byte_buffer_done(&buffer);
	process_description_done(&description);
}

static void test_too_large(void **state)
{
	struct process_description description = sample();
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 64);
	byte_buffer_append_text(&buffer, "before");
	assert_int_equal(process_description_encode(&description, &buffer), -E2BIG);
	assert_int_equal(buffer.size, 6);
	assert_false(buffer.is_failed);
	byte_buffer_done(&buffer);
	process_description_done(&description);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_byte_wrong),
		cmocka_unit_test(test_values_nobody_writes),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
