/* pprof's message, read back by its wire format: ids, strings, values, labels; sums equal folded.
 */
#include "exporters/profile/pprof.h"

#include <libdeflate.h>
#include <string.h>
#include "protobuf_walk.h"
#include "written_profile.h"

static char message_bytes[8 << 20];

static struct view unpacked(struct profile *profile, bool has_requests)
{
	struct view text = written_profile(pprof_write, profile, has_requests);
	struct libdeflate_decompressor *gzip = libdeflate_alloc_decompressor();
	size_t size = 0;

	assert_int_equal(libdeflate_gzip_decompress(gzip, text.bytes, text.size, message_bytes,
						    sizeof(message_bytes), &size),
			 LIBDEFLATE_SUCCESS);
	libdeflate_free_decompressor(gzip);
	free((void *)text.bytes);
	return view_of(message_bytes, size);
}

static struct view string_at(struct view message, uint64_t index)
{
	struct view text = protobuf_walk_at(message, 6, index);

	assert_non_null(text.bytes);
	return text;
}

static void assert_text(struct view text, const char *wanted)
{
	assert_int_equal(text.size, strlen(wanted));
	assert_memory_equal(text.bytes, wanted, text.size);
}

/* The name of the function at a location. */
static struct view function_at(struct view message, uint64_t location_id)
{
	struct view location = protobuf_walk_at(message, 4, location_id - 1);
	struct view line = protobuf_walk_find(location, 4).bytes, function;

	assert_int_equal(protobuf_walk_find(location, 1).value, location_id);
	function = protobuf_walk_at(message, 5, protobuf_walk_find(line, 1).value - 1);
	assert_int_equal(protobuf_walk_find(function, 1).value, protobuf_walk_find(line, 1).value);
	return string_at(message, protobuf_walk_find(function, 2).value);
}

static struct view label_of(struct view message, struct view sample, const char *key)
{
	for (uint32_t i = 0; i < protobuf_walk_count(sample, 3); i++) {
		struct view label = protobuf_walk_at(sample, 3, i);

		if (view_equals(string_at(message, protobuf_walk_find(label, 1).value),
				view_of_text(key)))
			return string_at(message, protobuf_walk_find(label, 2).value);
	}
	return VIEW_LITERAL("none");
}

static void sum_values(struct view message, uint64_t ret[3])
{
	for (uint32_t i = 0; i < protobuf_walk_count(message, 2); i++) {
		struct view values = protobuf_walk_find(protobuf_walk_at(message, 2, i), 2).bytes;

		for (int j = 0; values.size; j++)
			ret[j] += protobuf_walk_varint(&values);
	}
}

static void test_sums_and_head(void **state)
{
	struct view message = unpacked(sample_profile_new(NULL), false);
	uint64_t sums[3] = {0};
	struct view type;

	(void)state;
	assert_text(string_at(message, 0), "");
	assert_int_equal(protobuf_walk_count(message, 1), 3);
	type = protobuf_walk_at(message, 1, 1);
	assert_text(string_at(message, protobuf_walk_find(type, 1).value), "cpu");
	assert_text(string_at(message, protobuf_walk_find(type, 2).value), "nanoseconds");
	assert_text(string_at(message, protobuf_walk_find(message, 14).value), "cpu");
	assert_int_equal(protobuf_walk_find(message, 12).value, SAMPLE_PERIOD_NS);
	assert_int_equal(protobuf_walk_find(message, 9).value, SAMPLE_START_NS);
	assert_int_equal(protobuf_walk_count(message, 2), 5);
	sum_values(message, sums);
	assert_int_equal(sums[0], 13);
	assert_int_equal(sums[1], 13 * SAMPLE_PERIOD_NS);
	assert_int_equal(sums[2], 50000000);
}

static void test_stacks_are_leaf_first(void **state)
{
	struct view message = unpacked(sample_profile_new(NULL), false);
	struct view sample = protobuf_walk_at(message, 2, 0);
	struct view locations = protobuf_walk_find(sample, 1).bytes, location, mapping;
	uint64_t leaf = protobuf_walk_varint(&locations);

	(void)state;
	assert_text(function_at(message, leaf), "parse");
	assert_text(function_at(message, protobuf_walk_varint(&locations)), "handle");
	assert_text(function_at(message, protobuf_walk_varint(&locations)), "main");
	assert_int_equal(locations.size, 0);
	location = protobuf_walk_at(message, 4, leaf - 1);
	assert_int_equal(protobuf_walk_find(location, 3).value, 0x400300);
	assert_int_equal(protobuf_walk_find(location, 2).value, 1);
	mapping = protobuf_walk_at(message, 3, 0);
	assert_int_equal(protobuf_walk_find(mapping, 1).value, 1);
	assert_int_equal(protobuf_walk_find(mapping, 2).value, 0x400000);
	assert_int_equal(protobuf_walk_find(mapping, 3).value, 0x410000);
	assert_text(string_at(message, protobuf_walk_find(mapping, 5).value), "/srv/app");
	assert_text(string_at(message, protobuf_walk_find(mapping, 6).value),
		    "deadbeef0102030405060708090a0b0c0d0e0f10");
	assert_text(label_of(message, sample, "thread"), "main");
	assert_text(label_of(message, sample, "trace_id"), "none");
}

static void test_requests_on_request(void **state)
{
	struct view message = unpacked(sample_profile_new(NULL), true);
	struct view sample = protobuf_walk_at(message, 2, 0);

	(void)state;
	assert_text(label_of(message, sample, "trace_id"), "0102030405060708090a0b0c0d0e0f10");
	assert_text(label_of(message, sample, "span_id"), "2122232425262728");
	assert_text(label_of(message, protobuf_walk_at(message, 2, 1), "trace_id"), "none");
}

static void test_without_waits_and_with_losses(void **state)
{
	struct profile *profile = hostile_profile_new(NULL);
	struct view message;

	(void)state;
	profile_count_loss(profile, PROFILE_LOST_RING, 4);
	message = unpacked(profile, false);
	assert_int_equal(protobuf_walk_count(message, 1), 2);
	assert_text(string_at(message, protobuf_walk_find(message, 13).value),
		    "limpet: 4 samples were lost");
	assert_text(label_of(message, protobuf_walk_at(message, 2, 0), "thread"),
		    "</script><b>&\"';x  [31m\xef\xbf\xbd ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums_and_head),
		cmocka_unit_test(test_stacks_are_leaf_first),
		cmocka_unit_test(test_requests_on_request),
		cmocka_unit_test(test_without_waits_and_with_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
