/* The dictionary alone: as many rows as the profile has, and one more; strings once. */
#include "exporters/otlp/profile_dictionary.h"

#include "protobuf_walk.h"
#include "sample_profile.h"

static void test_tables(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	struct profile_dictionary dictionary;
	struct otlp_encoder encoder;
	struct view message;

	(void)state;
	otlp_encoder_init(&encoder);
	encoder.body.max_bytes = 1 << 20;
	profile_dictionary_init(&dictionary, profile);
	assert_int_equal(string_table_add(&dictionary.strings, VIEW_LITERAL("before")), 1);
	profile_dictionary_append(&dictionary, &encoder, 2);
	message = protobuf_walk_find(byte_buffer_view(&encoder.body), 2).bytes;
	assert_int_equal(protobuf_walk_count(message, 1), profile->images_count + 1);
	assert_int_equal(protobuf_walk_count(message, 2), profile->frames_count + 1);
	assert_int_equal(protobuf_walk_count(message, 3), profile->frames_count + 1);
	assert_int_equal(protobuf_walk_count(message, 4), profile->links_count);
	assert_int_equal(protobuf_walk_count(message, 5), dictionary.strings.count);
	assert_int_equal(protobuf_walk_count(message, 6), 1 + 2 * profile->threads_count +
								  profile->images_count +
								  PROFILE_FRAME_KINDS_COUNT);
	assert_int_equal(protobuf_walk_count(message, 7), profile->stacks_count + 1);
	assert_memory_equal(protobuf_walk_at(message, 5, 1).bytes, "before", 6);
	profile_dictionary_done(&dictionary);
	otlp_encoder_done(&encoder);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
