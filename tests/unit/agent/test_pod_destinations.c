/* Projects that pods named: one lane each, refused once, bounded in number. */
#include "cmocka_test.h"

#include "captured_output.h"
#include "delivery/delivery_worker.h"
#include "model/segment.h"
#include "pod_destinations.h"

static struct drops drops;
static struct settings settings = {
	.delivery = {.max_queue_items = 4, .max_batch_items = 1, .max_retry_ms = 1}};

static struct item *new_item(void)
{
	struct resource *resource;
	struct segment *segment;
	struct item *item;

	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	assert_non_null(segment_add_span(segment));
	assert_int_equal(item_new_segment(&item, &segment), 0);
	return item;
}

static void lanes(void **state)
{
	struct captured_output output;
	struct pod_destinations *pods;
	struct item *item = new_item();
	int base_fd = -1;
	char dsn[64];

	(void)state;
	assert_int_equal(pod_destinations_new(&pods, &settings, &base_fd, &drops), 0);
	captured_output_begin(&output, STDERR_FILENO);
	assert_false(pod_destinations_offer(pods, item, "no dsn"));
	assert_false(pod_destinations_offer(pods, item, "no dsn"));
	for (int i = 1; i < MAX_POD_DESTINATIONS; i++) {
		(void)snprintf(dsn, sizeof(dsn), "http://k@127.0.0.1:1/%d", i);
		assert_true(pod_destinations_offer(pods, item, dsn));
	}
	assert_true(pod_destinations_offer(pods, item, "http://k@127.0.0.1:1/1"));
	assert_false(pod_destinations_offer(pods, item, "http://k@127.0.0.1:1/99"));
	assert_false(pod_destinations_offer(pods, item, "http://k@127.0.0.1:1/98"));
	/* The first of the places holds none. */
	assert_int_equal(pod_destinations_count(pods), MAX_POD_DESTINATIONS - 1);
	for (uint32_t i = 0; i < MAX_POD_DESTINATIONS - 1; i++) {
		(void)snprintf(dsn, sizeof(dsn), "http://127.0.0.1:1/%u", i + 1);
		assert_string_equal(delivery_worker_identity(pod_destinations_worker(pods, i)),
				    dsn);
	}
	assert_null(pod_destinations_worker(pods, MAX_POD_DESTINATIONS - 1));
	assert_int_equal(pod_destinations_count(NULL), 0);
	(void)pod_destinations_stop(&pods, 0);
	assert_null(pods);
	assert_true(pod_destinations_stop(&pods, 0));
	captured_output_end(&output);
	assert_non_null(strstr(output.text, "limpet.io/sentry-dsn-secret: "));
	assert_null(strstr(output.text, "no dsn"));
	assert_non_null(strstr(output.text, "more than 16 projects on one node"));
	assert_null(strstr(strstr(output.text, "more than 16") + 1, "more than 16"));
	item_release(&item);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
