/* Which datagrams go up, and what they say of both ends. */
#include "host_programs.h"

#include "lib/datagram.bpf.h"

/* As uapi/linux/in.h and in6.h have them; <netinet/in.h> does not go with the programs' types. */
struct name4 {
	__u16 family;
	__be16 port;
	__u8 address[4];
	__u8 padding[8];
};
struct name6 {
	__u16 family;
	__be16 port;
	__u32 flow;
	__u8 address[16];
	__u32 scope;
};

static struct sock sk;
static struct net net;

static int begin(void **state)
{
	(void)state;
	host_begin();
	memset(&sk, 0, sizeof(sk));
	memset(host_settings.dns_ports, 0, sizeof(host_settings.dns_ports));
	host_settings.dns_ports[0] = 53;
	host_settings.dns_ports[1] = 5300;
	net.ns.inum = 44;
	sk.__sk_common.skc_family = FAMILY_IPV4;
	sk.__sk_common.skc_net.net = &net;
	sk.__sk_common.skc_num = 40000;
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(stub_ring.reserved, 0);
	stub_ring_clear();
	return 0;
}

/* NULL: nothing went up. */
static const struct datagram_record *move(const void *name, const char *bytes, __u32 length,
					  __u32 readable)
{
	size_t before = stub_ring.count;
	struct datagram datagram = {
		.sk = &sk,
		.start_ns = 5,
		.now_ns = 6,
		.pid_tgid = stub_pid_tgid,
		.bytes = bytes,
		.name = name,
		.length = length,
		.readable = readable,
		.direction = DIRECTION_SEND,
	};

	datagram_capture(&datagram);
	return stub_ring.count > before ? stub_ring.records[stub_ring.count - 1] : NULL;
}

static void connected(void **state)
{
	static const __u8 peer[16] = {10, 0, 0, 53};
	const struct datagram_record *record;

	(void)state;
	sk.__sk_common.skc_dport = bpf_ntohs(53);
	sk.__sk_common.skc_daddr = 0x3500000a;
	/* What the call says is not asked then. */
	record = move((void *)1, "hello", 5, 5);
	assert_non_null(record);
	assert_int_equal(record->header.kind, RECORD_DATAGRAM);
	assert_int_equal(record->header.size, sizeof(*record) + 128);
	assert_int_equal(record->header.time_ns, 6);
	assert_int_equal(record->start_ns, 5);
	assert_int_equal(record->socket, (__u64)(unsigned long)&sk);
	assert_int_equal(record->context, stub_pid_tgid);
	assert_int_equal(record->tgid, 100);
	assert_int_equal(record->tid, 101);
	assert_int_equal(record->netns, 44);
	assert_int_equal(record->local_port, 40000);
	assert_int_equal(record->peer_port, 53);
	assert_memory_equal(record->peer_address, peer, 16);
	assert_int_equal(record->family, FAMILY_IPV4);
	assert_int_equal(record->direction, DIRECTION_SEND);
	assert_int_equal(record->length, 5);
	assert_int_equal(record->captured, 5);
	assert_memory_equal(record->bytes, "hello", 5);
}

static void named(void **state)
{
	struct name4 name = {FAMILY_IPV4, bpf_ntohs(5300), {127, 0, 0, 1}, {0}};
	struct name6 name6 = {FAMILY_IPV6, bpf_ntohs(53), 0, {[15] = 7}, 0};
	const struct datagram_record *record;

	(void)state;
	record = move(&name, "hello", 5, 5);
	assert_int_equal(record->peer_port, 5300);
	assert_int_equal(record->peer_address[0], 127);
	assert_int_equal(record->peer_address[3], 1);
	sk.__sk_common.skc_family = FAMILY_IPV6;
	record = move(&name6, "hello", 5, 5);
	assert_int_equal(record->peer_port, 53);
	assert_int_equal(record->peer_address[15], 7);
	assert_int_equal(record->family, FAMILY_IPV6);
}

static void not_wanted(void **state)
{
	struct name4 name = {FAMILY_IPV4, bpf_ntohs(54), {127, 0, 0, 1}, {0}};

	(void)state;
	assert_null(move(&name, "hello", 5, 5));
	assert_null(move(NULL, "hello", 5, 5));
	name.port = 0;
	assert_null(move(&name, "hello", 5, 5));
	name.port = bpf_ntohs(53);
	assert_null(move(&name, "", 0, 0));
	assert_null(move(&name, NULL, 5, 5));
	/* The name cannot be read. */
	stub_reads_until_failure = 0;
	assert_null(move(&name, "hello", 5, 5));
	stub_reads_until_failure = -1;
	/* A server's port is its own, and it is told who asks, or not. */
	sk.__sk_common.skc_num = 53;
	name.port = bpf_ntohs(54);
	assert_int_equal(move(&name, "hello", 5, 5)->peer_port, 54);
	assert_int_equal(move(NULL, "hello", 5, 5)->peer_port, 0);
	assert_int_equal(host_drops(DROP_USER_READ), 0);
}

static void sizes(void **state)
{
	static const __u32 edges[] = {1, 127, 128, 129, 511, 512, 513, 2047, 2048, 2049, 9000};
	static char bytes[9000];

	(void)state;
	sk.__sk_common.skc_num = 53;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		__u32 size = edges[i], wanted = size < MAX_DATAGRAM_BYTES ? size : 2048;
		const struct datagram_record *record = move(NULL, bytes, size, 9000);

		assert_int_equal(record->length, size);
		assert_int_equal(record->captured, wanted);
		assert_memory_equal(record->bytes, bytes, wanted);
		assert_in_range(sizeof(*record) + wanted, 0, record->header.size);
	}
	/* The first buffer is all that is looked at. */
	assert_int_equal(move(NULL, bytes, 600, 100)->captured, 100);
	stub_reads_until_failure = 0;
	assert_int_equal(move(NULL, bytes, 600, 600)->captured, 0);
	assert_int_equal(host_drops(DROP_USER_READ), 1);
	stub_ring.is_full = true;
	assert_null(move(NULL, bytes, 600, 600));
	assert_int_equal(host_drops(DROP_RING_FULL), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(connected, begin, end),
		cmocka_unit_test_setup_teardown(named, begin, end),
		cmocka_unit_test_setup_teardown(not_wanted, begin, end),
		cmocka_unit_test_setup_teardown(sizes, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
