/* Samples on the time line: V8's profiles per thread with their trees, idle gaps, waits as slices.
 */
#include "exporters/perfetto/sample_events.h"

#include "json_document.h"
#include "sample_profile.h"

static json_t *written(struct profile *profile)
{
	struct byte_buffer buffer;
	struct trace_events events = {.buffer = &buffer};
	uint64_t next_id = 1;
	json_t *root;

	byte_buffer_init(&buffer, 8 << 20);
	assert_int_equal(sample_events_append(&events, profile, &next_id), 0);
	byte_buffer_append_text(&buffer, "]");
	root = json_document_read(byte_buffer_view(&buffer));
	byte_buffer_done(&buffer);
	profile_free(&profile);
	return root;
}

static json_t *data_of(const json_t *event)
{
	return json_object_get(json_object_get(event, "args"), "data");
}

static json_t *node_at(json_t *nodes, json_int_t id)
{
	json_t *node = json_array_get(nodes, (size_t)id - 1);

	assert_int_equal(json_document_number(node, "id"), id);
	return node;
}

static const char *function_of(json_t *node)
{
	return json_document_text(json_object_get(node, "callFrame"), "functionName");
}

static void test_profiles_of_threads(void **state)
{
	json_t *root = written(sample_profile_new(NULL)), *chunk, *profile, *samples, *node, *delta;
	json_int_t sum = 0;
	size_t i;

	(void)state;
	assert_int_equal(json_document_count(root, "name", "thread_name"), 2);
	assert_int_equal(json_document_count(root, "name", "Profile"), 2);
	profile = json_document_find(root, "name", "Profile", 1);
	assert_int_equal(json_document_number(profile, "tid"), 4712);
	assert_string_equal(json_document_text(profile, "id"), "0x2");
	chunk = json_document_find(root, "name", "ProfileChunk", 0);
	samples = json_object_get(json_object_get(data_of(chunk), "cpuProfile"), "samples");
	assert_int_equal(json_array_size(samples), 11); /* ten, and at rest after the last */
	node = node_at(json_object_get(json_object_get(data_of(chunk), "cpuProfile"), "nodes"),
		       json_integer_value(json_array_get(samples, 0)));
	assert_string_equal(function_of(node), "parse");
	node = node_at(json_object_get(json_object_get(data_of(chunk), "cpuProfile"), "nodes"),
		       json_document_number(node, "parent"));
	assert_string_equal(function_of(node), "handle");
	assert_int_equal(json_integer_value(json_array_get(samples, 10)), 2);
	json_array_foreach(json_object_get(data_of(chunk), "timeDeltas"), i, delta) sum +=
		json_integer_value(delta);
	assert_int_equal(i, 11);
	assert_int_equal(sum, 10 * SAMPLE_PERIOD_NS / 1000);
	json_decref(root);
}

static void test_rest_between_samples(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	struct profile_sample late = profile->samples[0];
	json_t *root, *samples;

	(void)state;
	late.unix_ns = SAMPLE_START_NS + 1000000000;
	assert_true(profile_add_sample(profile, &late));
	root = written(profile);
	samples = json_object_get(
		json_object_get(data_of(json_document_find(root, "name", "ProfileChunk", 0)),
				"cpuProfile"),
		"samples");
	assert_int_equal(json_array_size(samples), 13);
	assert_int_equal(json_integer_value(json_array_get(samples, 10)), 2);
	assert_int_equal(json_integer_value(json_array_get(samples, 12)), 2);
	json_decref(root);
}

static void test_waits(void **state)
{
	json_t *root = written(sample_profile_new(NULL));
	json_t *wait = json_document_find(root, "cat", "off-CPU", 0);

	(void)state;
	assert_non_null(wait);
	assert_string_equal(json_document_text(wait, "ph"), "X");
	assert_string_equal(json_document_text(wait, "name"), "handle");
	assert_true(json_real_value(json_object_get(wait, "dur")) == 50000.0);
	assert_string_equal(json_document_text(json_object_get(wait, "args"), "trace_id"),
			    "0102030405060708090a0b0c0d0e0f10");
	assert_string_equal(json_string_value(json_array_get(
				    json_object_get(json_object_get(wait, "args"), "stack"), 0)),
			    "futex_wait");
	json_decref(root);
}

static void test_hostile_names(void **state)
{
	json_t *root = written(hostile_profile_new(NULL));
	json_t *nodes = json_object_get(
		json_object_get(data_of(json_document_find(root, "name", "ProfileChunk", 0)),
				"cpuProfile"),
		"nodes");

	(void)state;
	assert_string_equal(function_of(node_at(nodes, 4)),
			    "</script><b>&\"';x\n\x1b[31m\xef\xbf\xbd\xe2\x80\xae");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profiles_of_threads),
		cmocka_unit_test(test_rest_between_samples),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
