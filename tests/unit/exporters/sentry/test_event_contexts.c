/* Contexts of a crash: what is known shows, what is not is left out, none beyond 8 kB. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/event_contexts.h"
#include "crash_variants.h"
#include "sample_exception.h"

static const struct host_context known_host = {
	.hostname = "host-1",
	.machine = "x86_64",
	.kernel_release = "6.1.0-18-amd64",
	.processor_name = "Xeon(R)",
	.boot_unix_ns = 1767600000000000000,
};

static struct crash *crash;
static json_t *contexts;

static int set_up(void **state)
{
	(void)state;
	crash = known_crash();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(contexts);
	contexts = NULL;
	crash_free(&crash);
	return 0;
}

static void encode(void)
{
	json_decref(contexts);
	contexts = event_contexts_encode(crash, &known_host);
}

static void assert_context(const char *key, const char *expected)
{
	char *text = json_dumps(json_object_get(contexts, key), JSON_COMPACT);

	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void shows_the_request_it_broke(void **state)
{
	(void)state;
	encode();
	assert_context("trace",
		       "{\"trace_id\":\"" KNOWN_CRASH_TRACE_ID
		       "\",\"span_id\":\"" KNOWN_CRASH_SPAN_ID
		       "\",\"op\":\"http.server\",\"status\":\"internal_error\",\"sampled\":true,"
		       "\"data\":{\"http.request.method\":\"GET\",\"url.scheme\":\"http\","
		       "\"url.path\":\"/orders/17\",\"http.route\":\"/orders/{id}\","
		       "\"server.address\":\"shop.local\",\"server.port\":8080,"
		       "\"limpet.crash.trace.source\":\"context\"}}");
	sample_hex("00f067aa0ba90200", crash->trace.parent_span_id);
	encode();
	assert_string_equal(json_string_value(json_object_get(json_object_get(contexts, "trace"),
							      "parent_span_id")),
			    "00f067aa0ba90200");
	crash->trace.is_known = false;
	encode();
	assert_context("trace", NULL);
}

static void shows_the_process(void **state)
{
	struct resource *resource = crash->resource;

	(void)state;
	attribute_set_static(&resource->attributes, &resource->arena, "container.id", "0123abcd");
	attribute_set_static(&resource->attributes, &resource->arena, "k8s.pod.name", "shop-1");
	attribute_set_integer(&crash->attributes, &crash->arena, "process.memory.usage", 12345678);
	encode();
	assert_context("app", "{\"app_name\":\"shop\",\"app_start_time\":"
			      "\"2026-01-05T09:00:12.716204Z\",\"app_memory\":12345678}");
	assert_context("container", "{\"id\":\"0123abcd\",\"pod\":\"shop-1\"}");
	assert_context(
		"device",
		"{\"name\":\"web-7\",\"arch\":\"x86_64\",\"cpu_description\":\"Xeon(R)\",\"boot_time\":\"2026-01-05T08:00:00.000000Z\"}");
	assert_context("os", "{\"name\":\"Linux\",\"version\":\"6.1.0\",\"build\":\"18-amd64\","
			     "\"kernel_version\":\"6.1.0-18-amd64\"}");
	resource->service_name = (struct view){0};
	crash->start_unix_ns = 0;
	encode();
	assert_context("app", "{\"app_name\":\"shop\",\"app_memory\":12345678}");
}

static void shows_the_crash(void **state)
{
	(void)state;
	crash->is_loss = true;
	crash->is_core_dumped = true;
	encode();
	assert_context("crash",
		       "{\"kind\":\"signal\",\"process_name\":\"shop\",\"process_id\":4711,"
		       "\"thread_id\":4714,\"user_id\":33,\"fault_address\":\"0x8\","
		       "\"suppressed_count\":3,\"core_dumped\":true,\"incomplete\":true,"
		       "\"stack_truncated\":true,\"folded_frames\":[{\"function\":\"visit\","
		       "\"more_calls\":1200}]}");
	crash_make_killed(crash);
	crash->is_loss = crash->is_core_dumped = false;
	crash->is_metadata_only = true;
	encode();
	assert_context("crash",
		       "{\"kind\":\"killed\",\"process_name\":\"shop\",\"process_id\":4711,"
		       "\"user_id\":33,\"sender\":{\"process_id\":812,\"user_id\":0,"
		       "\"process_name\":\"bash\"},\"metadata_only\":true}");
}

static void shows_exits_and_memory(void **state)
{
	(void)state;
	crash_make_exit(crash, 3);
	encode();
	assert_context("crash", "{\"kind\":\"exit\",\"process_name\":\"shop\",\"process_id\":4711,"
				"\"user_id\":33,\"exit_status\":3}");
	crash_make_oom_kill(crash);
	encode();
	assert_context("crash",
		       "{\"kind\":\"oom_kill\",\"process_name\":\"shop\",\"process_id\":4711,"
		       "\"user_id\":33,\"memory_limit_bytes\":268435456,"
		       "\"memory_usage_bytes\":268431360}");
	assert_context("app", "{\"app_name\":\"shop\",\"app_start_time\":"
			      "\"2026-01-05T09:00:12.716204Z\",\"app_memory\":268431360}");
}

static void shows_the_exception(void **state)
{
	(void)state;
	crash_free(&crash);
	crash = known_exception(SAMPLE_PYTHON);
	crash->suppressed_count = 2;
	crash->is_loss = true;
	encode();
	assert_context("limpet",
		       "{\"source\":\"output\",\"trace_source\":\"context\",\"language\":"
		       "\"python\",\"process_id\":4711,\"thread_id\":4714,\"suppressed_count\":2,"
		       "\"incomplete\":true}");
	assert_context("runtime", "{\"name\":\"CPython\",\"version\":\"3.11.2\"}");
	assert_null(json_object_get(contexts, "crash"));
	/* What the report does not say the resource may. */
	crash->runtime_name = (struct view){0};
	attribute_set_static(&crash->resource->attributes, &crash->resource->arena,
			     "process.runtime.name", "PyPy");
	encode();
	assert_context("runtime", "{\"name\":\"PyPy\"}");
	crash_free(&crash);
	crash = known_exception(SAMPLE_CPP);
	encode();
	assert_non_null(json_object_get(contexts, "crash"));
	assert_null(json_object_get(contexts, "runtime"));
}

static void stays_below_8_kilobytes(void **state)
{
	struct view text = repeated_text(crash, 'x', 4000);
	const char *key;
	json_t *context;

	(void)state;
	crash->process_name = text;
	crash->trace.source = "last_activity";
	for (int i = 0; i < 40; i++)
		attribute_set_string(&crash->trace.request, &crash->arena,
				     arena_format(&crash->arena, "header.%d", i).bytes, text);
	for (uint32_t i = 0; i < crash->threads[0].frames_count; i++) {
		crash->threads[0].frames[i].repeats = 1;
		crash->threads[0].frames[i].function = text;
	}
	encode();
	json_object_foreach(contexts, key, context)
		assert_true(json_dumpb(context, NULL, 0, JSON_COMPACT) <= 8192);
	assert_int_equal(json_array_size(json_object_get(json_object_get(contexts, "crash"),
							 "folded_frames")),
			 6);
}

static void shows_what_was_answered(void **state)
{
	(void)state;
	encode();
	assert_context("response", NULL);
	attribute_set_integer(&crash->trace.request, &crash->arena, "http.response.status_code",
			      500);
	encode();
	assert_context("response", "{\"status_code\":500}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shows_the_request_it_broke, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shows_what_was_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shows_the_process, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shows_the_crash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shows_exits_and_memory, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shows_the_exception, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stays_below_8_kilobytes, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
