/* The tree as columns: decoded they are the tree; narrow boxes are part of their callers. */
#include "report/flame_columns.h"

#include <stdio.h>
#include "json_document.h"
#include "report/report_text.h"
#include "sample_profile.h"

static uint32_t group(struct flame_tree *tree, const char *number)
{
	struct flame_name name = {.text = view_of_text(number), .kind = PROFILE_FRAME_SYNTHETIC};

	return flame_tree_child(tree, FLAME_ROOT, flame_tree_name(tree, &name));
}

static uint32_t by_request(void *self, struct flame_tree *tree, const struct profile *profile,
			   const struct profile_sample *sample)
{
	(void)self;
	(void)profile;
	return group(tree, sample->link == NO_PROFILE_LINK ? "0" : "7");
}

static json_t *written(struct profile *profile, uint64_t narrowest)
{
	struct flame_choice choice = {by_request, NULL};
	struct flame_tree *tree = NULL;
	struct byte_buffer buffer;
	struct json_writer writer;
	json_t *root;

	assert_int_equal(flame_tree_new(&tree), 0);
	assert_int_equal(flame_tree_add_profile(tree, profile, &choice), 0);
	assert_int_equal(flame_tree_finish(tree), 0);
	byte_buffer_init(&buffer, 8 << 20);
	writer = report_text_begin(&buffer);
	json_writer_begin(&writer, '{');
	assert_int_equal(flame_columns_append(&writer, tree, narrowest), 0);
	json_writer_end(&writer, '}');
	root = json_document_read(byte_buffer_view(&buffer));
	byte_buffer_done(&buffer);
	flame_tree_free(&tree);
	profile_free(&profile);
	return root;
}

static json_int_t at(json_t *root, const char *column, size_t i)
{
	return json_integer_value(
		json_array_get(json_object_get(json_object_get(root, "boxes"), column), i));
}

static const char *name_at(json_t *root, size_t i)
{
	json_t *names = json_object_get(root, "names");

	return json_string_value(
		json_array_get(json_array_get(names, (size_t)at(root, "name", i)), 0));
}

static size_t boxes_count(json_t *root)
{
	return json_array_size(json_object_get(json_object_get(root, "boxes"), "depth"));
}

static json_int_t sum_of(json_t *root, const char *column)
{
	json_int_t sum = 0;

	for (size_t i = 0; i < boxes_count(root); i++)
		sum += at(root, column, i);
	return sum;
}

static void test_decoded(void **state)
{
	json_t *root = written(sample_profile_new(NULL), 12000);
	static const struct {
		json_int_t depth;
		const char *name;
		json_int_t samples, off;
	} wanted[] = {
		{0, "0", 0, 0},
		{1, "main", 0, 0},
		{2, "LazyCompile:*f", 1, 0},
		{2, "app+0x1f4", 3, 0},
		{2, "handle", 0, 0},
		{3, "parse", 0, 0},
		{4, "ksys_read", 2, 0},
		{0, "7", 0, 0},
		{1, "main", 0, 0},
		{2, "handle", 0, 0},
		{3, "futex_wait", 0, 50000},
		{3, "parse", 7, 0},
	};

	(void)state;
	assert_int_equal(boxes_count(root), sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_int_equal(at(root, "depth", i), wanted[i].depth);
		assert_int_equal(at(root, "samples", i), wanted[i].samples);
		assert_int_equal(at(root, "off", i), wanted[i].off);
		if (wanted[i].depth)
			assert_string_equal(name_at(root, i), wanted[i].name);
		else
			assert_int_equal(at(root, "name", i), wanted[i].name[0] - '0');
	}
	assert_int_equal(json_array_size(json_object_get(root, "names")), 7);
	/* The program's own code is told from libraries. */
	assert_int_equal(json_integer_value(json_array_get(
				 json_array_get(json_object_get(root, "names"), 0), 2)),
			 8);
	json_decref(root);
}

static void test_narrow_boxes_are_their_callers(void **state)
{
	json_t *root = written(sample_profile_new(NULL), 2);

	(void)state;
	/* Of the first group's six samples three are half; of the second all seven, and all of the
	 * wait. */
	assert_int_equal(boxes_count(root), 8);
	assert_int_equal(sum_of(root, "samples"), 13);
	assert_int_equal(sum_of(root, "off"), 50000);
	assert_string_equal(name_at(root, 1), "main");
	assert_int_equal(at(root, "samples", 1), 3); /* what was narrow */
	json_decref(root);
}

static void test_hostile_names(void **state)
{
	json_t *root = written(hostile_profile_new(NULL), 12000);

	(void)state;
	assert_string_equal(name_at(root, 1), "</script><b>&\"';x\n\x1b[31m\xef\xbf\xbd\xe2\x80\xae"
					      "2");
	json_decref(root);
}

/* As deep as stacks get, below a group. */
static void test_deep(void **state)
{
	struct profile *profile = NULL;
	uint32_t frames[MAX_PROFILE_DEPTH], thread;
	char name[16];
	json_t *root;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	for (uint32_t i = 0; i < MAX_PROFILE_DEPTH; i++) {
		(void)snprintf(name, sizeof(name), "f%u", i);
		frames[i] = sampled_frame(profile, name, PROFILE_FRAME_NATIVE, NO_IMAGE, i);
	}
	thread = profile_add_thread(profile, 1, 1, view_of_text("t"));
	sample_at(profile, thread, profile_add_stack(profile, frames, MAX_PROFILE_DEPTH), 3, 0);
	root = written(profile, 12000);
	assert_int_equal(boxes_count(root), MAX_PROFILE_DEPTH + 1);
	assert_int_equal(at(root, "depth", MAX_PROFILE_DEPTH), MAX_PROFILE_DEPTH);
	assert_int_equal(at(root, "samples", MAX_PROFILE_DEPTH), 3);
	assert_string_equal(name_at(root, MAX_PROFILE_DEPTH), "f0");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decoded),
		cmocka_unit_test(test_narrow_boxes_are_their_callers),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
