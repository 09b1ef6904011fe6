/* A TCP connection that moves bytes through bpf/lib/capture.bpf.h, and what went up of them. */
#ifndef BPF_HOST_HOST_CONNECTION_H
#define BPF_HOST_HOST_CONNECTION_H

#include "host_programs.h"

#define IN  DIRECTION_RECEIVE
#define OUT DIRECTION_SEND

static struct tcp_sock tcp;
static struct net net;
static struct segment_record *last;

static inline int begin(void **state)
{
	(void)state;
	host_begin();
	memset(&tcp, 0, sizeof(tcp));
	tcp.sk.__sk_common.skc_family = FAMILY_IPV4;
	tcp.sk.__sk_common.skc_net.net = &net;
	tcp.sk.__sk_common.skc_num = 80;
	tcp.write_seq = 70000;
	tcp.copied_seq = 30000;
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	assert_int_equal(stub_ring.reserved, 0);
	stub_ring_clear();
	return 0;
}

static inline struct connection_state *connection(void)
{
	__u64 key = (__u64)(unsigned long)&tcp;

	return bpf_map_lookup_elem(&connections, &key);
}

static inline void set_mode(enum capture_mode mode)
{
	connection()->mode = mode;
}

/* True when a segment went up: it is `last` then. */
static inline bool move(struct transfer *transfer, enum stream_direction direction, __u32 length)
{
	size_t before = stub_ring.count;

	transfer->sk = &tcp.sk;
	transfer->inode = 5;
	transfer->start_ns = 500 + stub_ring.count;
	transfer->pid_tgid = stub_pid_tgid;
	transfer->length = length;
	transfer->direction = direction;
	capture_transfer(transfer);
	last = NULL;
	if (stub_ring.count > before) {
		last = stub_ring.records[stub_ring.count - 1];
		if (last->header.kind != RECORD_SEGMENT)
			last = NULL;
	}
	if (last) {
		assert_in_range(sizeof(*last) + last->captured, 0,
				stub_ring.sizes[stub_ring.count - 1]);
		assert_int_equal(last->header.size, stub_ring.sizes[stub_ring.count - 1]);
	}
	return last;
}

/* The text in one exactly sized buffer. */
static inline bool say_bytes(enum stream_direction direction, const char *text, __u32 size)
{
	struct view copy = exact_copy(view_of(text, size));
	struct transfer transfer = {0};
	bool went_up;

	user_buffer_set(&transfer.buffer, copy.bytes, size);
	went_up = move(&transfer, direction, size);
	free_copy(copy);
	return went_up;
}

static inline bool say(enum stream_direction direction, const char *text)
{
	return say_bytes(direction, text, (__u32)strlen(text));
}

static inline bool say_many(enum stream_direction direction, const char *const *pieces, __u32 count)
{
	struct transfer transfer = {0};
	struct iovec vectors[32];
	struct view copies[32];
	__u32 length = 0;
	bool went_up;

	for (__u32 i = 0; i < count; i++) {
		copies[i] = exact_copy(view_of_text(pieces[i]));
		vectors[i] = (struct iovec){copies[i].bytes, copies[i].size};
		length += (__u32)copies[i].size;
	}
	assert_int_equal(user_buffer_set_vectors(&transfer.buffer, vectors, count, false), 0);
	went_up = move(&transfer, direction, length);
	for (__u32 i = 0; i < count; i++)
		free_copy(copies[i]);
	return went_up;
}

static inline char *filled(__u32 size)
{
	static char bytes[70000];

	assert_in_range(size, 0, sizeof(bytes));
	memset(bytes, 'x', sizeof(bytes));
	return bytes;
}

static inline char *numbered(__u32 size)
{
	char *bytes = filled(size);

	for (__u32 i = 0; i < size; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	return bytes;
}

#endif
