/* speedscope's format, read back: what its specification asks for, sums, hostile names. */
#include "exporters/profile/speedscope.h"

#include <jansson.h>
#include <string.h>
#include "written_profile.h"

static json_t *written(struct profile *profile)
{
	struct view text = written_profile(speedscope_write, profile, false);
	json_error_t error;
	json_t *root = json_loadb(text.bytes, text.size, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("%s", error.text);
	free((void *)text.bytes);
	return root;
}

static const char *name_at(json_t *root, json_t *stack, size_t depth)
{
	json_t *frames = json_object_get(json_object_get(root, "shared"), "frames");
	json_t *frame =
		json_array_get(frames, (size_t)json_integer_value(json_array_get(stack, depth)));

	return json_string_value(json_object_get(frame, "name"));
}

static void assert_run(json_t *run, const char *name, size_t samples, double end)
{
	json_t *value;
	double sum = 0;
	size_t i;

	assert_string_equal(json_string_value(json_object_get(run, "type")), "sampled");
	assert_string_equal(json_string_value(json_object_get(run, "name")), name);
	assert_string_equal(json_string_value(json_object_get(run, "unit")), "seconds");
	assert_int_equal(json_array_size(json_object_get(run, "samples")), samples);
	assert_int_equal(json_array_size(json_object_get(run, "weights")), samples);
	json_array_foreach(json_object_get(run, "weights"), i, value) sum +=
		json_number_value(value);
	assert_true(sum > end - 1e-9 && sum < end + 1e-9);
	assert_true(json_number_value(json_object_get(run, "endValue")) == end);
}

static void test_threads(void **state)
{
	json_t *root = written(sample_profile_new(NULL));
	json_t *profiles = json_object_get(root, "profiles"), *stack;

	(void)state;
	assert_string_equal(json_string_value(json_object_get(root, "$schema")),
			    "https://www.speedscope.app/file-format-schema.json");
	assert_int_equal(json_array_size(profiles), 3);
	assert_run(json_array_get(profiles, 0), "main 4711", 10, 0.101010100);
	assert_run(json_array_get(profiles, 1), "main 4711, off-CPU", 1, 0.05);
	assert_run(json_array_get(profiles, 2), "worker 4712", 3, 0.030303030);
	stack = json_array_get(json_object_get(json_array_get(profiles, 0), "samples"), 0);
	assert_int_equal(json_array_size(stack), 3);
	assert_string_equal(name_at(root, stack, 0), "main");
	assert_string_equal(name_at(root, stack, 2), "parse");
	json_decref(root);
}

static void test_hostile_names(void **state)
{
	json_t *root = written(hostile_profile_new(NULL));
	json_t *run = json_array_get(json_object_get(root, "profiles"), 0);
	json_t *stack = json_array_get(json_object_get(run, "samples"), 0);

	(void)state;
	/* What is no UTF-8 is replaced, the rest is data like any other. */
	assert_string_equal(name_at(root, stack, 1),
			    "</script><b>&\"';x\n\x1b[31m\xef\xbf\xbd\xe2\x80\xae");
	json_decref(root);
}

static void test_nothing(void **state)
{
	struct profile *profile = NULL;
	json_t *root;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	root = written(profile);
	assert_int_equal(json_array_size(json_object_get(root, "profiles")), 0);
	json_decref(root);
}

/* More than the buffer holds goes out on the way. */
static void test_many_samples(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	json_t *root;

	(void)state;
	sample_at(profile, 1, 1, 200000, 0);
	root = written(profile);
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(json_object_get(root, "profiles"), 2), "samples")),
			 200003);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_many_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
