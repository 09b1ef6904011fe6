/* The section of a profile: groups by operation and by shown request, sums, and room. */
#include "report/flame_section.h"

#include <stdio.h>
#include <string.h>
#include "json_document.h"
#include "report/report_text.h"
#include "sample_profile.h"
#include "sample_segment.h"

static struct flame_section section;
static struct kept_traces traces;
static size_t written_bytes;

static int begin(void **state)
{
	(void)state;
	traces = (struct kept_traces){0};
	return flame_section_init(&section, &traces, 3000000);
}

static int end(void **state)
{
	(void)state;
	flame_section_done(&section);
	return 0;
}

static void add_profile(struct profile *profile)
{
	assert_int_equal(flame_section_add_profile(&section, profile), 0);
	profile_free(&profile);
}

static void add_segment(void)
{
	struct segment *segment = sample_segment(SAMPLE_START_NS);

	memcpy(segment->trace_id, SAMPLE_TRACE_ID, TRACE_ID_BYTES);
	memcpy(segment_root(segment)->span_id, SAMPLE_SPAN_ID, SPAN_ID_BYTES);
	flame_section_add_segment(&section, segment);
	segment_free(&segment);
}

static json_t *written(void)
{
	struct byte_buffer buffer;
	struct json_writer writer;
	json_t *root;

	byte_buffer_init(&buffer, 8 << 20);
	writer = report_text_begin(&buffer);
	flame_section_append(&writer, &section);
	root = json_document_read(byte_buffer_view(&buffer));
	written_bytes = buffer.size;
	byte_buffer_done(&buffer);
	return root;
}

static json_int_t sum_of_group(json_t *root, json_int_t group, const char *column)
{
	json_t *boxes = json_object_get(root, "boxes"), *depth;
	json_int_t sum = 0;
	bool is_in = false;
	size_t i;

	json_array_foreach(json_object_get(boxes, "depth"), i, depth)
	{
		if (json_integer_value(depth) == 0)
			is_in = json_integer_value(
					json_array_get(json_object_get(boxes, "name"), i)) == group;
		if (is_in)
			sum += json_integer_value(
				json_array_get(json_object_get(boxes, column), i));
	}
	return sum;
}

static void test_groups(void **state)
{
	json_t *root, *groups, *operation, *request;

	(void)state;
	add_segment();
	traces.shelves[KEPT_SLOWEST].count = 1;
	memcpy(traces.shelves[KEPT_SLOWEST].traces[0].trace_id, SAMPLE_TRACE_ID, TRACE_ID_BYTES);
	add_profile(sample_profile_new(NULL));
	root = written();
	assert_int_equal(json_document_number(root, "samples"), 13);
	assert_int_equal(json_document_number(root, "waits"), 1);
	assert_int_equal(json_document_number(root, "on"), 13 * SAMPLE_PERIOD_NS);
	assert_int_equal(json_document_number(root, "off"), 50000000);
	assert_int_equal(json_document_number(root, "threads"), 2);
	assert_int_equal(json_document_number(root, "frequency"), 99);
	groups = json_object_get(root, "groups");
	assert_int_equal(json_array_size(groups), 3);
	operation = json_document_find(groups, "name", "GET /orders/{id}", 0);
	assert_non_null(operation);
	assert_string_equal(json_document_text(operation, "service"), "shop");
	request = json_document_find(groups, "trace", "0102030405060708090a0b0c0d0e0f10", 0);
	assert_non_null(request);
	assert_int_equal(sum_of_group(root, 0, "samples"), 6);
	assert_int_equal(sum_of_group(root, json_document_number(operation, "group"), "samples"),
			 7);
	assert_int_equal(sum_of_group(root, json_document_number(operation, "group"), "off"),
			 50000);
	assert_int_equal(sum_of_group(root, json_document_number(request, "group"), "samples"), 7);
	json_decref(root);
}

static void test_requests_never_heard_of(void **state)
{
	json_t *root, *groups;

	(void)state;
	add_profile(sample_profile_new(NULL));
	root = written();
	groups = json_object_get(root, "groups");
	assert_int_equal(json_array_size(groups), 2);
	assert_true(json_is_true(json_object_get(json_array_get(groups, 1), "is_unknown")));
	assert_int_equal(sum_of_group(root, 1, "samples"), 7);
	json_decref(root);
}

static void test_losses_are_told(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	json_t *root, *loss;

	(void)state;
	profile_count_loss(profile, PROFILE_LOST_RING, 5);
	profile->is_incomplete = true;
	add_profile(profile);
	root = written();
	loss = json_array_get(json_object_get(root, "losses"), 0);
	assert_int_equal(json_document_number(loss, "count"), 5);
	assert_string_equal(json_document_text(loss, "words"), "lost: the kernel's ring was full");
	assert_true(json_is_true(json_object_get(root, "is_lossy")));
	assert_true(json_is_true(json_object_get(root, "is_incomplete")));
	json_decref(root);
}

/* More stacks than a page can show: it shows the wide ones, and the sums stay. */
static void add_many(const char *format)
{
	struct profile *profile = sample_profile_new(NULL);
	char name[512];

	for (uint32_t i = 0; i < 30000; i++) {
		uint32_t frames[2];

		(void)snprintf(name, sizeof(name), format, i);
		frames[0] = sampled_frame(profile, name, PROFILE_FRAME_NATIVE, NO_IMAGE, i);
		(void)snprintf(name, sizeof(name), format, i / 10);
		frames[1] = sampled_frame(profile, name, PROFILE_FRAME_NATIVE, NO_IMAGE, i);
		sample_at(profile, 0, profile_add_stack(profile, frames, 2), 1 + i % 7, 0);
	}
	add_profile(profile);
}

static void test_room(void **state)
{
	json_t *root;

	(void)state;
	add_many("<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<%u");
	root = written();
	assert_in_range(written_bytes, 1000, MAX_FLAME_BYTES + 10000);
	assert_int_equal(sum_of_group(root, 0, "samples") + sum_of_group(root, 1, "samples"),
			 json_document_number(root, "samples"));
	json_decref(root);
	/* A page that has hardly any room left. */
	section.max_page_bytes = 220000;
	root = written();
	assert_true(written_bytes < 30000);
	json_decref(root);
	section.max_page_bytes = 1000;
	root = written();
	assert_null(json_object_get(root, "boxes"));
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_groups, begin, end),
		cmocka_unit_test_setup_teardown(test_requests_never_heard_of, begin, end),
		cmocka_unit_test_setup_teardown(test_losses_are_told, begin, end),
		cmocka_unit_test_setup_teardown(test_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
