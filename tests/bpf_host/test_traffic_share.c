/* Nobody fills the ring at the others' cost, and nobody is held back while there is room. */
#include "host_connection.h"

#include "maps/traffic_shares.bpf.h"

#define RING (1u << 20)

static int begin_host(void **state)
{
	(void)begin(state);
	host_settings.trace_all = 1;
	host_settings.ring_bytes = RING;
	return 0;
}

static struct traffic_share *share_of(__u32 tgid)
{
	return bpf_map_lookup_elem(&traffic_shares, &tgid);
}

static void an_emptier_ring_counts_nothing(void **state)
{
	(void)state;
	stub_ring.available = RING / 2;
	assert_int_equal(traffic_share_take(9, RING), 1);
	assert_null(share_of(9));
	/* And a full one refuses by itself. */
	stub_ring.available = RING;
	assert_int_equal(traffic_share_take(9, RING), 1);
	assert_null(share_of(9));
}

static void as_much_as_is_free(void **state)
{
	(void)state;
	stub_ring.available = RING - 1000;
	assert_int_equal(traffic_share_take(9, 600), 1);
	assert_int_equal(traffic_share_take(9, 400), 1);
	assert_int_equal(traffic_share_take(9, 1), 0);
	assert_int_equal(host_drops(DROP_PROCESS_OVER_SHARE), 1);
	assert_int_equal(share_of(9)->bytes, 1000);
	/* Another one has a share of its own. */
	assert_int_equal(traffic_share_take(10, 1000), 1);
	assert_int_equal(traffic_share_take(10, 1), 0);
	/* What was read meanwhile makes room again. */
	stub_ring.available = RING - 1001;
	assert_int_equal(traffic_share_take(9, 1), 1);
	assert_int_equal(host_drops(DROP_PROCESS_OVER_SHARE), 2);
}

/* Half a ring further on. */
static void the_agent_has_read(void **state)
{
	(void)state;
	stub_ring.available = RING - 1000;
	stub_ring.consumed = RING - 1;
	assert_int_equal(traffic_share_take(9, 1000), 1);
	assert_int_equal(traffic_share_take(9, 1000), 0);
	stub_ring.consumed = RING;
	assert_int_equal(traffic_share_take(9, 1000), 1);
	assert_int_equal(share_of(9)->turn, 2);
	assert_int_equal(share_of(9)->bytes, 1000);
	stub_ring.consumed = RING + RING / 2 - 1;
	assert_int_equal(traffic_share_take(9, 1), 0);
	/* The first of a turn passes whatever its size. */
	stub_ring.consumed++;
	assert_int_equal(traffic_share_take(9, 5000), 1);
	assert_int_equal(traffic_share_take(9, 1), 0);
}

static void who_was_chosen_may_fill_it(void **state)
{
	(void)state;
	host_settings.trace_all = 0;
	stub_ring.available = RING - 1;
	for (int i = 0; i < 3; i++)
		assert_int_equal(traffic_share_take(9, 1000), 1);
	assert_null(share_of(9));
}

/* What is refused is a gap: the positions go on. */
static void a_connection_over_its_share(void **state)
{
	(void)state;
	assert_true(say(IN, "hello"));
	stub_ring.available = RING - sizeof(struct segment_record) - 5;
	assert_true(say(IN, "12345"));
	assert_false(say(IN, "67890"));
	assert_int_equal(host_drops(DROP_PROCESS_OVER_SHARE), 1);
	assert_int_equal(host_drops(DROP_RING_FULL), 0);
	stub_ring.available = 0;
	assert_true(say(IN, "end"));
	assert_int_equal(last->position, 15);
}

/* One that is not announced now comes back as joined midway. */
static void a_connection_that_begins(void **state)
{
	struct traffic_share *share;

	(void)state;
	stub_ring.available = RING - 1000;
	assert_int_equal(traffic_share_take(100, 900), 1);
	assert_false(say(IN, "hello"));
	assert_int_equal(stub_ring.count, 0);
	assert_null(connection());
	assert_int_equal(host_drops(DROP_PROCESS_OVER_SHARE), 1);
	share = share_of(100);
	share->bytes = 0;
	assert_true(say(IN, "hello"));
	assert_int_equal(stub_ring.count, 2);
	assert_int_equal(share->bytes,
			 sizeof(struct connection_open_record) + sizeof(struct segment_record) + 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_emptier_ring_counts_nothing, begin_host),
		cmocka_unit_test_setup(as_much_as_is_free, begin_host),
		cmocka_unit_test_setup(the_agent_has_read, begin_host),
		cmocka_unit_test_setup(who_was_chosen_may_fill_it, begin_host),
		cmocka_unit_test_setup_teardown(a_connection_over_its_share, begin_host, end),
		cmocka_unit_test_setup_teardown(a_connection_that_begins, begin_host, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
