/* The text format: HELP and TYPE once per family, samples together, labels escaped. */
#include "service/prometheus_text.h"

#include "cmocka_test.h"
#include "sample_status.h"

static struct byte_buffer out;
static struct service_status status;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&out, 65536);
	sample_status_fill(&status);
	prometheus_text_write(&out, &status, SAMPLE_NOW_NS);
	byte_buffer_append_byte(&out, '\0');
	return out.is_failed;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	return 0;
}

static void assert_has(const char *line)
{
	char wanted[256];

	(void)snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	if (!strstr(out.bytes, wanted))
		fail_msg("%s is not in:\n%s", line, out.bytes);
}

/* Its name alone would not say which one it is on another node. */
static void test_of_a_pod(void **state)
{
	(void)state;
	(void)strcpy(status.destinations[1].name, "sentry-pod-1");
	(void)strcpy(status.destinations[1].place, "https://h\"/7");
	status.destinations[1].is_a_pods = true;
	out.size = 0;
	prometheus_text_write(&out, &status, SAMPLE_NOW_NS);
	byte_buffer_append_byte(&out, '\0');
	assert_has("limpet_destination_up{destination=\"otlp\"} 1");
	assert_has("limpet_destination_up{destination=\"sentry-pod-1\",place=\"https://"
		   "h\\\"/7\"} 0");
	assert_has("limpet_destination_dropped_total{destination=\"sentry-pod-1\",place=\"https://"
		   "h\\\"/7\"} 7");
}

static void test_samples(void **state)
{
	(void)state;
	assert_has("limpet_build_info{version=\"" LIMPET_VERSION
		   "\",source=\"fentry\",kernel=\"6.12.1\"} 1");
	assert_has("limpet_uptime_seconds 3723");
	assert_has("limpet_status_age_seconds 1");
	assert_has("limpet_resident_memory_bytes 42991616");
	assert_has("limpet_reloads_total{result=\"refused\"} 1");
	assert_has("limpet_segments_total 100");
	assert_has("limpet_kept_spans_total 280");
	assert_has("limpet_service_segments_total{service=\"shop\"} 80");
	assert_has("limpet_service_segments_total{service=\"a\\\"b\\\\c\"} 17");
	assert_has("limpet_service_segments_total{unlisted=\"true\"} 3");
	assert_has("limpet_destination_up{destination=\"otlp\"} 1");
	assert_has("limpet_destination_up{destination=\"sentry\"} 0");
	assert_has("limpet_destination_spooled{destination=\"sentry\"} 1");
	assert_has("limpet_drops_total{reason=\"ring_full\"} 5");
	assert_has("limpet_drops_total{reason=\"shutdown\"} 0");
}

/* Each sample belongs to the family announced last, each family is announced once. */
static void test_shape(void **state)
{
	struct view rest = view_of_text(out.bytes), line;
	char family[96] = "", seen[8192] = "";

	(void)state;
	while (view_next_token(&rest, '\n', &line)) {
		char wanted[128];

		if (!line.size)
			continue;
		if (view_starts_with(line, VIEW_LITERAL("# HELP "))) {
			struct view name = view_skip(line, 7), first;

			assert_true(view_next_token(&name, ' ', &first));
			(void)snprintf(family, sizeof(family), "%.*s", VIEW_FORMAT(first));
			(void)snprintf(wanted, sizeof(wanted), " %s ", family);
			assert_null(strstr(seen, wanted));
			(void)strcat(seen, wanted);
			continue;
		}
		(void)snprintf(wanted, sizeof(wanted), "# TYPE %s ", family);
		if (view_starts_with(line, view_of_text(wanted)))
			continue;
		assert_true(view_starts_with(line, view_of_text(family)));
		assert_true(strchr(" {", line.bytes[strlen(family)]) != NULL);
	}
	assert_non_null(strstr(seen, " limpet_drops_total "));
}

static void test_label(void **state)
{
	(void)state;
	byte_buffer_clear(&out);
	prometheus_text_write_label(&out, "a\nb\"c\\d\xc3\xbc");
	assert_view(byte_buffer_view(&out), "a\\nb\\\"c\\\\d\xc3\xbc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_samples, begin, end),
		cmocka_unit_test_setup_teardown(test_of_a_pod, begin, end),
		cmocka_unit_test_setup_teardown(test_shape, begin, end),
		cmocka_unit_test_setup_teardown(test_label, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
