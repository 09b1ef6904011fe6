/* The exporter as a whole: what was exported is on the page with its numbers; close writes it, a
 * discarded one does not; all of it bounded. */
#include "cmocka_test.h"

#include <sys/stat.h>
#include <unistd.h>
#include "base/drops.h"
#include "captured_output.h"
#include "hostile_names.h"
#include "parsed_json.h"
#include "report/report.h"
#include "report/report_page.h"
#include "sample_crash.h"
#include "sample_exception.h"
#include "sample_profile.h"

static char path[64], error[512];
static struct exporter *exporter;
static struct drops drops;
static uint64_t clock_ns;

static uint64_t now_ns(void)
{
	return clock_ns;
}

static int begin(void **state)
{
	struct report_settings settings = {.path = path,
					   .subject = "shop",
					   .command = "attach",
					   .drops = &drops,
					   .now_ns = now_ns};

	(void)state;
	(void)strcpy(path, "/tmp/limpet-test-report-XXXXXX");
	assert_int_equal(close(mkstemp(path)), 0);
	drops = (struct drops){0};
	clock_ns = 1000000000;
	return report_new(&exporter, &settings, error, sizeof(error));
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

static struct export_result send_item(struct item *item)
{
	struct batch batch = {.kind = item->kind, .items = &item, .count = 1};
	struct export_result result = {0};

	exporter->ops->export(exporter, &batch, &result);
	item_release(&item);
	return result;
}

static const char *close_report(void)
{
	static struct captured_output output;

	captured_output_begin(&output, STDERR_FILENO);
	exporter->ops->close(&exporter);
	assert_null(exporter);
	return captured_output_end(&output);
}

/* The page's data block. */
static json_t *read_page(void)
{
	static char text[MAX_PAGE_BYTES + 1];
	FILE *file = fopen(path, "r");
	struct byte_buffer block = {0};
	char *begin_at, *end_at;

	assert_non_null(file);
	text[fread(text, 1, MAX_PAGE_BYTES, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	begin_at = strstr(text, "id=\"sections\">");
	assert_non_null(begin_at);
	begin_at += strlen("id=\"sections\">");
	end_at = strstr(begin_at, "</script>");
	assert_non_null(end_at);
	block.bytes = begin_at;
	block.size = (size_t)(end_at - begin_at);
	return parsed_json(&block);
}

static void everything_is_on_the_page(void **state)
{
	struct item *item;
	struct crash *exception;
	json_t *root, *summary, *drop;
	struct stat status;
	char expected[160];

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		assert_int_equal(send_item(sample_item(1000000000 + i)).outcome, EXPORT_SENT);
	assert_int_equal(send_item(sample_crash_item(900000000)).outcome, EXPORT_SENT);
	exception = sample_exception(2000000000);
	assert_int_equal(item_new_crash(&item, &exception), 0);
	(void)send_item(item);
	drops_add(&drops, DROP_RING_FULL, 7);
	drops_add(&drops, DROP_SAMPLED, 3);
	(void)snprintf(expected, sizeof(expected), "limpet: report: %s, ", path);
	assert_memory_equal(close_report(), expected, strlen(expected));
	assert_int_equal(stat(path, &status), 0);
	assert_true(status.st_size > 40000 && status.st_size < 100000);
	root = read_page();
	summary = json_at(root, "summary");
	assert_string_equal(text_at(summary, "subject"), "shop");
	assert_string_equal(text_at(summary, "command"), "attach");
	assert_string_equal(text_at(summary, "host"), "web-7");
	assert_string_equal(text_at(summary, "start_unix_ns"), "900000000");
	assert_int_equal(number_at(summary, "duration"), 2000000000 - 900000000);
	assert_int_equal(number_at(summary, "spans"), 15);
	assert_int_equal(number_at(summary, "segments"), 5);
	assert_int_equal(number_at(summary, "traces"), 5);
	assert_int_equal(number_at(summary, "errors"), 5);
	assert_int_equal(number_at(summary, "crashes"), 1);
	assert_int_equal(number_at(summary, "exceptions"), 1);
	assert_int_equal(number_at(summary, "lost"), 7);
	assert_int_equal(json_array_size(json_at(root, "operations")), 3);
	assert_int_equal(json_array_size(json_at(json_at(root, "traces"), "kept")), 5);
	assert_int_equal(json_array_size(json_at(json_at(root, "crashes"), "kept")), 2);
	assert_null(json_object_get(root, "syscalls")); /* nobody counted any */
	assert_int_equal(json_array_size(json_at(root, "drops")), 2);
	drop = json_array_get(json_at(root, "drops"), 0);
	assert_string_equal(text_at(drop, "reason"), "ring_full");
	assert_int_equal(number_at(drop, "count"), 7);
	json_decref(root);
}

static void nothing_happened(void **state)
{
	json_t *root;

	(void)state;
	(void)close_report();
	root = read_page();
	assert_int_equal(number_at(json_at(root, "summary"), "spans"), 0);
	assert_int_equal(number_at(json_at(root, "summary"), "duration"), 0);
	json_decref(root);
}

static void discarded(void **state)
{
	struct stat status;

	(void)state;
	(void)send_item(sample_item(1000));
	report_discard(exporter);
	assert_string_equal(close_report(), "");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0); /* as it was */
}

/* Traces settle while it runs: what is held stays bounded. */
static void traces_settle(void **state)
{
	json_t *root;

	(void)state;
	for (uint64_t i = 0; i < 3000; i++) {
		(void)send_item(sample_item(i * 1000));
		clock_ns += 1000000;
	}
	exporter->ops->flush(exporter);
	(void)close_report();
	root = read_page();
	assert_int_equal(number_at(json_at(root, "summary"), "traces"), 3000);
	/* all failed: three of them, and a sample */
	assert_int_equal(json_array_size(json_at(json_at(root, "traces"), "kept")), 18);
	json_decref(root);
}

static struct item *profile_item(struct profile *profile)
{
	struct resource *resource = sample_resource();
	struct item *item;

	profile->resource = resource;
	assert_int_equal(item_new_profile(&item, &profile), 0);
	return item;
}

static void what_was_sampled(void **state)
{
	json_t *root, *profile;

	(void)state;
	(void)send_item(profile_item(sample_profile_new(NULL)));
	(void)send_item(profile_item(sample_profile_new(NULL)));
	(void)close_report();
	root = read_page();
	profile = json_at(root, "profile");
	assert_int_equal(number_at(profile, "samples"), 26);
	assert_int_equal(number_at(profile, "off"), 100000000);
	json_decref(root);
}

/* Thirty thousand functions, all of them wide enough to be seen. */
static struct profile *large_profile(void)
{
	struct profile *profile = hostile_profile_new(NULL);
	char name[256];

	memset(name, '<', sizeof(name));
	for (uint32_t i = 0; i < 30000; i++) {
		struct profile_frame frame = {.image = NO_IMAGE, .function = view_of(name, 256)};
		uint32_t id;

		memcpy(name, &i, sizeof(i));
		id = profile_add_frame(profile, &frame);
		sample_at(profile, 0, profile_add_stack(profile, &id, 1), 1,
			  profile_add_link(profile, (const uint8_t *)name, (const uint8_t *)name));
	}
	return profile;
}

/* The largest that hostile programs can make of it is a page all the same. */
static void as_large_as_it_gets(void **state)
{
	static char name[4096];
	struct stat status;
	json_t *root;

	(void)state;
	memset(name, '<', sizeof(name));
	for (int i = 0; i < 400; i++) {
		struct segment *segment = sample_segment((uint64_t)i * 1000);
		struct crash *crash = sample_crash(1000000000);
		struct item *item;

		for (int j = 0; j < 300; j++)
			(void)sample_span(segment, SPAN_CLIENT, "x", 1000, 1ull << (i % 43));
		name[0] = (char)('A' + i % 26);
		name[1] = (char)('A' + i / 26);
		segment->resource->service_name = view_of(name, sizeof(name));
		for (uint32_t j = 0; j < segment->spans_count; j++) {
			struct span *span = segment->spans[j];

			span->name = view_of(name, sizeof(name));
			attribute_set_string(&span->attributes, &segment->arena, "server.address",
					     view_of(name, 500));
		}
		crash->type = crash->cause = view_of(name, sizeof(name));
		for (uint32_t j = 0; j < crash->threads_count; j++)
			for (uint32_t k = 0; k < crash->threads[j].frames_count; k++)
				crash->threads[j].frames[k].function =
					crash->threads[j].frames[k].file = crash->type;
		assert_int_equal(item_new_segment(&item, &segment), 0);
		(void)send_item(item);
		assert_int_equal(item_new_crash(&item, &crash), 0);
		(void)send_item(item);
		clock_ns += 10000000000;
	}
	(void)send_item(profile_item(large_profile()));
	assert_memory_equal(close_report(), "limpet: report: ", 16);
	assert_int_equal(stat(path, &status), 0);
	assert_in_range(status.st_size, 1500000, MAX_PAGE_BYTES - 1);
	root = read_page();
	assert_int_equal(number_at(json_at(root, "crashes"), "seen"), 400);
	assert_true(json_array_size(json_at(json_at(root, "crashes"), "kept")) >= 9);
	assert_int_equal(number_at(json_at(root, "profile"), "samples"), 30005);
	json_decref(root);
}

static void system_calls(void **state)
{
	const struct syscall_count calls[2] = {{0, "read", 7, 0, 10, 5, {{0}}},
					       {1, "write", 3, 1, 5, 5, {{32, 1}}}};
	json_t *root;

	(void)state;
	report_set_syscalls(exporter, calls, 1);
	report_set_syscalls(exporter, calls, 2);
	(void)close_report();
	root = read_page();
	assert_int_equal(json_array_size(json_at(root, "syscalls")), 2);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(json_at(root, "syscalls"), 1), "name")),
			    "write");
	json_decref(root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(system_calls, begin, end),
		cmocka_unit_test_setup_teardown(everything_is_on_the_page, begin, end),
		cmocka_unit_test_setup_teardown(nothing_happened, begin, end),
		cmocka_unit_test_setup_teardown(what_was_sampled, begin, end),
		cmocka_unit_test_setup_teardown(discarded, begin, end),
		cmocka_unit_test_setup_teardown(traces_settle, begin, end),
		cmocka_unit_test_setup_teardown(as_large_as_it_gets, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
