/* A profile as a line: sums, stacks by frames, requests, hostile names on one line. */
#include "exporters/json_lines/profile_json.h"

#include "json_document.h"
#include "sample_profile.h"
#include "sample_segment.h"

static json_t *written(struct profile *profile)
{
	struct byte_buffer buffer;
	json_t *root;

	byte_buffer_init(&buffer, 1 << 20);
	profile_json_append(&buffer, profile);
	assert_int_equal(view_find_byte(byte_buffer_view(&buffer), '\n'), buffer.size - 1);
	root = json_document_read(byte_buffer_view(&buffer));
	byte_buffer_done(&buffer);
	profile_free(&profile);
	return root;
}

static void test_sums_and_stacks(void **state)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	json_t *root, *line, *stacks, *stack, *frame;
	json_int_t samples = 0, on = 0, off = 0;
	size_t i;

	(void)state;
	resource_release(&resource);
	profile_count_loss(profile, PROFILE_LOST_RING, 2);
	root = written(profile);
	line = json_object_get(root, "limpetProfile");
	assert_string_equal(json_document_text(line, "service"), "shop");
	assert_int_equal(json_document_number(line, "pid"), 4711);
	assert_int_equal(json_document_number(line, "samples"), 14);
	assert_string_equal(json_document_text(line, "startUnixNano"), "1700000000000000000");
	assert_int_equal(json_document_number(json_object_get(line, "losses"), "ring"), 2);
	stacks = json_object_get(line, "stacks");
	assert_int_equal(json_array_size(stacks), 5);
	json_array_foreach(stacks, i, stack)
	{
		samples += json_document_number(stack, "samples");
		on += json_document_number(stack, "onCpuNano");
		off += json_document_number(stack, "offCpuNano");
	}
	assert_int_equal(samples, 13);
	assert_int_equal(on, json_document_number(line, "onCpuNano"));
	assert_int_equal(off, json_document_number(line, "offCpuNano"));
	stack = json_array_get(stacks, 0);
	assert_string_equal(json_document_text(stack, "traceId"),
			    "0102030405060708090a0b0c0d0e0f10");
	frame = json_array_get(
		json_object_get(line, "frames"),
		(size_t)json_integer_value(json_array_get(json_object_get(stack, "frames"), 0)));
	assert_string_equal(json_document_text(frame, "function"), "parse");
	assert_string_equal(json_document_text(frame, "module"), "/srv/app");
	assert_string_equal(json_document_text(frame, "kind"), "native");
	assert_true(json_is_true(json_object_get(frame, "inApp")));
	json_decref(root);
}

static void test_hostile_names(void **state)
{
	json_t *root = written(hostile_profile_new(NULL));
	json_t *frames = json_object_get(json_object_get(root, "limpetProfile"), "frames");

	(void)state;
	assert_string_equal(json_document_text(json_array_get(frames, 1), "function"),
			    "</script><b>&\"';x\n\x1b[31m\xef\xbf\xbd\xe2\x80\xae");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_and_stacks),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
