/* A profile in chunks: no longer than a minute, no more samples than fit, none missing. */
#include "exporters/sentry/profile_chunks.h"

#include "json_document.h"
#include "sample_profile.h"
#include "sample_segment.h"

static struct profile *profile_with_resource(void)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);

	resource_release(&resource);
	return profile;
}

static void test_one(void **state)
{
	static const uint8_t profiler_id[PROFILER_ID_BYTES] = {1};
	struct profile *profile = profile_with_resource();
	struct profile_chunks chunks;
	struct byte_buffer buffer;
	json_t *root;

	(void)state;
	assert_int_equal(profile_chunks_init(&chunks, profile), 0);
	assert_int_equal(chunks.count, 1);
	assert_int_equal(chunks.starts[1], 14);
	byte_buffer_init(&buffer, 1 << 20);
	profile_chunks_append(&buffer, &chunks, 0, profiler_id);
	root = json_document_read(byte_buffer_view(&buffer));
	assert_string_equal(json_document_text(root, "version"), "2");
	json_decref(root);
	byte_buffer_done(&buffer);
	profile_chunks_done(&chunks);
	profile_free(&profile);
}

static void test_many_samples(void **state)
{
	struct profile *profile = profile_with_resource();
	struct profile_chunks chunks;

	(void)state;
	for (uint32_t i = 0; i < profile->samples_count; i++)
		profile->samples[i].unix_ns = SAMPLE_START_NS;
	for (uint32_t i = 0; i < 25000; i++) {
		struct profile_sample sample = {.unix_ns = SAMPLE_START_NS + i, .weight_ns = 1};

		assert_true(profile_add_sample(profile, &sample));
	}
	assert_int_equal(profile_chunks_init(&chunks, profile), 0);
	assert_int_equal(chunks.count, 3);
	assert_int_equal(chunks.starts[1], MAX_CHUNK_SAMPLES);
	assert_int_equal(chunks.starts[2], 2 * MAX_CHUNK_SAMPLES);
	assert_int_equal(chunks.starts[3], 25014);
	profile_chunks_done(&chunks);
	profile_free(&profile);
}

static void test_long_times(void **state)
{
	struct profile *profile = profile_with_resource();
	struct profile_sample late = profile->samples[0];
	struct profile_chunks chunks;

	(void)state;
	/* Not in order: the last to come was the first to be. */
	late.unix_ns = SAMPLE_START_NS - MAX_CHUNK_NS;
	assert_true(profile_add_sample(profile, &late));
	late.unix_ns = SAMPLE_START_NS + 2 * MAX_CHUNK_NS;
	assert_true(profile_add_sample(profile, &late));
	assert_int_equal(profile_chunks_init(&chunks, profile), 0);
	assert_int_equal(chunks.count, 3);
	assert_int_equal(chunks.order[0], 14);
	assert_int_equal(chunks.starts[1], 1);
	assert_int_equal(chunks.starts[2], 15);
	assert_int_equal(chunks.starts[3], 16);
	profile_chunks_done(&chunks);
	profile_free(&profile);
}

static void test_nothing(void **state)
{
	struct profile *profile = NULL;
	struct profile_chunks chunks;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	assert_int_equal(profile_chunks_init(&chunks, profile), 0);
	assert_int_equal(chunks.count, 0);
	profile_chunks_done(&chunks);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_many_samples),
		cmocka_unit_test(test_long_times),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
