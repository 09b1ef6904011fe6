/* A profile_chunk by the rules of its format: required members, indices that exist, addresses. */
#include "exporters/sentry/chunk_encoder.h"

#include "json_document.h"
#include "sample_profile.h"
#include "sample_segment.h"

static const uint8_t profiler_id[PROFILER_ID_BYTES] = {0xaa, 0xbb};

static json_t *written(struct profile *profile)
{
	struct resource *resource = profile->resource ? NULL : sample_resource();
	struct byte_buffer buffer;
	uint32_t order[64];
	struct chunk_part part = {.profile = profile,
				  .samples = order,
				  .count = profile->samples_count,
				  .profiler_id = profiler_id};
	json_t *root;

	if (resource)
		profile->resource = resource;
	for (uint32_t i = 0; i < part.count; i++)
		order[i] = i;
	byte_buffer_init(&buffer, 8 << 20);
	chunk_encoder_append(&buffer, &part);
	assert_false(buffer.is_failed);
	root = json_document_read(byte_buffer_view(&buffer));
	byte_buffer_done(&buffer);
	profile_free(&profile);
	return root;
}

static json_t *frame_of_sample(const json_t *profile, size_t sample, size_t depth)
{
	json_t *stacks = json_object_get(profile, "stacks");
	json_t *id = json_object_get(json_array_get(json_object_get(profile, "samples"), sample),
				     "stack_id");
	json_t *stack = json_array_get(stacks, (size_t)json_integer_value(id));

	return json_array_get(json_object_get(profile, "frames"),
			      (size_t)json_integer_value(json_array_get(stack, depth)));
}

static void test_head(void **state)
{
	json_t *root = written(sample_profile_new(NULL));
	json_t *image =
		json_array_get(json_object_get(json_object_get(root, "debug_meta"), "images"), 0);

	(void)state;
	assert_int_equal(strlen(json_document_text(root, "chunk_id")), 32);
	assert_string_equal(json_document_text(root, "profiler_id"),
			    "aabb0000000000000000000000000000");
	assert_string_equal(json_document_text(root, "platform"), "native");
	assert_string_equal(json_document_text(root, "version"), "2");
	assert_string_equal(json_document_text(root, "release"), "shop@1.2.3");
	assert_string_equal(json_document_text(root, "environment"), "staging");
	assert_string_equal(json_document_text(json_object_get(root, "client_sdk"), "name"),
			    "limpet");
	assert_string_equal(json_document_text(image, "type"), "symbolic");
	assert_string_equal(json_document_text(image, "debug_id"),
			    "efbeadde-0201-0403-0506-0708090a0b0c");
	assert_string_equal(json_document_text(image, "image_addr"), "0x400000");
	assert_int_equal(json_document_number(image, "image_size"), 0x10000);
	assert_string_equal(json_document_text(image, "code_file"), "/srv/app");
	json_decref(root);
}

static void test_samples(void **state)
{
	json_t *root = written(sample_profile_new(NULL));
	json_t *profile = json_object_get(root, "profile"), *sample, *frame;
	json_t *samples = json_object_get(profile, "samples");
	size_t i;

	(void)state;
	/* Thirteen, a rest before a wait, and an end for each of the two threads. */
	assert_int_equal(json_array_size(samples), 17);
	json_array_foreach(samples, i, sample)
	{
		assert_true(json_is_real(json_object_get(sample, "timestamp")));
		assert_true(json_is_string(json_object_get(sample, "thread_id")));
		assert_non_null(frame_of_sample(profile, i, 0));
	}
	sample = json_array_get(samples, 0);
	assert_string_equal(json_document_text(sample, "thread_id"), "4711");
	assert_true(json_real_value(json_object_get(sample, "timestamp")) == 1700000000.0);
	frame = frame_of_sample(profile, 0, 0);
	assert_string_equal(json_document_text(frame, "function"), "parse");
	assert_string_equal(json_document_text(frame, "instruction_addr"), "0x400300");
	assert_string_equal(json_document_text(frame, "package"), "/srv/app");
	assert_true(json_is_true(json_object_get(frame, "in_app")));
	frame = frame_of_sample(profile, 0, 1);
	assert_string_equal(json_document_text(frame, "function"), "handle");
	assert_string_equal(json_document_text(frame, "instruction_addr"), "none");
	frame = frame_of_sample(profile, 16, 0);
	assert_string_equal(json_document_text(frame, "function"), "[idle]");
	assert_string_equal(
		json_document_text(
			json_object_get(json_object_get(profile, "thread_metadata"), "4712"),
			"name"),
		"worker");
	json_decref(root);
}

static void test_the_same_twice(void **state)
{
	json_t *a = written(sample_profile_new(NULL)), *b = written(sample_profile_new(NULL));
	struct profile *more = sample_profile_new(NULL);
	json_t *c;

	(void)state;
	assert_true(json_equal(a, b));
	sample_at(more, 0, 1, 1, 0);
	c = written(more);
	assert_string_not_equal(json_document_text(a, "chunk_id"),
				json_document_text(c, "chunk_id"));
	json_decref(a);
	json_decref(b);
	json_decref(c);
}

static void test_hostile_names_and_no_release(void **state)
{
	struct profile *profile = hostile_profile_new(NULL);
	json_t *root;

	(void)state;
	assert_int_equal(resource_new(&profile->resource), 0);
	root = written(profile);
	assert_string_equal(json_document_text(root, "release"), "unknown");
	assert_string_equal(json_document_text(root, "environment"), "production");
	assert_string_equal(
		json_document_text(frame_of_sample(json_object_get(root, "profile"), 0, 0),
				   "function"),
		"</script><b>&\"';x  [31m\xef\xbf\xbd\xe2\x80\xae");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_the_same_twice),
		cmocka_unit_test(test_hostile_names_and_no_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
