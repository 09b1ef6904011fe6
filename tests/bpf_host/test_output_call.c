/* From a call to records: which calls are looked at, streams, chunks, budgets, what is lost. */
#include "host_output.h"

#define WRITE    1
#define PWRITE64 18
#define WRITEV   20
#define SENDTO   44
#define SENDMSG  46

static struct pt_regs regs;
static struct task_struct task;

static int begin(void **state)
{
	__u32 tgid = 100, flags = PROCESS_IS_PHP;

	(void)state;
	host_output_begin();
	regs = (struct pt_regs){0};
	task.thread_info.status = 0;
	stub_task = &task;
	bpf_map_update_elem(&traced_processes, &tgid, &flags, BPF_ANY);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stub_ring_clear();
	assert_int_equal(stub_ring.reserved, 0);
	return 0;
}

static void call(long number, __u64 fd, const void *second, __u64 third)
{
	regs.di = fd;
	regs.si = (unsigned long)second;
	regs.dx = third;
	if (output_buffer_is_written(number))
		output_call_look(&regs, stub_pid_tgid, number, false);
}

/* The call returns: true when it was looked at again. */
static bool give_back(long number, long result)
{
	if (!output_call_take_retry(stub_pid_tgid, result))
		return false;
	output_call_look(&regs, stub_pid_tgid, number, true);
	return true;
}

static void write_text(__u64 fd, const char *text)
{
	call(WRITE, fd, text, strlen(text));
}

static const struct output_record *output(size_t index)
{
	assert_true(index < stub_ring.count);
	assert_ptr_equal(stub_ring.maps[index], &exception_records);
	return stub_ring.records[index];
}

static void assert_output(size_t index, const char *text, __u32 size, __u32 offset, __u8 flags)
{
	const struct output_record *record = output(index);

	assert_int_equal(record->header.kind, RECORD_OUTPUT);
	assert_int_equal(record->header.size, sizeof(*record) + strlen(text));
	assert_int_equal(record->captured, strlen(text));
	assert_memory_equal(record->bytes, text, strlen(text));
	assert_int_equal(record->size, size);
	assert_int_equal(record->offset, offset);
	assert_int_equal(record->flags, flags);
	assert_int_equal(record->tgid, stub_pid_tgid >> 32);
	assert_int_equal(record->tid, (__u32)stub_pid_tgid);
	assert_true(record->context == stub_pid_tgid);
	assert_int_equal(record->context_kind, CONTEXT_THREAD);
	assert_int_equal(record->reserved, 0);
}

static void which_calls(void **state)
{
	struct iovec vector = {"MARKER7", 7};
	struct user_msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
	static const long others[] = {0, 3, 19, 45, 47, 40, 275, 307, -1, 512, 1l << 40};
	static const long vectors[] = {WRITEV, 296, 328};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		call(others[i], 2, "MARKER7", 7);
	assert_int_equal(stub_ring.count, 0);
	call(WRITE, 2, "MARKER7", 7);
	call(PWRITE64, 1, "MARKER7", 7);
	call(SENDTO, 2, "MARKER7", 7);
	call(SENDMSG, 2, &message, 0);
	for (int i = 0; i < 3; i++)
		call(vectors[i], 2, &vector, 1);
	assert_int_equal(stub_ring.count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_output(i, "MARKER7", 7, 0, i ? 0 : OUTPUT_IS_FIRST);
	assert_int_equal(output(1)->descriptor, 1);
	write_text(0, "MARKER7");
	write_text(3, "MARKER7");
	write_text(64 + 2, "MARKER7");
	task.thread_info.status = 2; /* 32 bits */
	write_text(2, "MARKER7");
	assert_int_equal(stub_ring.count, 7);
}

static void a_stream(void **state)
{
	__u64 start_ns;
	__u32 serial;

	(void)state;
	write_text(2, "nothing");
	assert_int_equal(stub_ring.count, 0);
	write_text(2, "xMARKER7");
	start_ns = stub_now_ns;
	assert_output(0, "xMARKER7", 8, 0, OUTPUT_IS_FIRST);
	serial = output(0)->serial;
	call(WRITE, 2, "", 0);
	write_text(1, "more");
	assert_output(1, "more", 4, 0, 0);
	assert_int_equal(output(1)->serial, serial);
	stub_pid_tgid++; /* another thread has no part in it */
	write_text(2, "other");
	assert_int_equal(stub_ring.count, 2);
	stub_pid_tgid--;
	stub_now_ns = start_ns + OUTPUT_STREAM_NS - 2;
	write_text(2, "last");
	stub_now_ns = start_ns + OUTPUT_STREAM_NS - 1;
	write_text(2, "late");
	assert_int_equal(stub_ring.count, 3);
	write_text(2, "MARKER7");
	assert_output(3, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
	assert_true(output(3)->serial != serial);
	stub_now_ns += OUTPUT_STREAM_NS - 10;
	write_text(2, "MARKER7"); /* renews it */
	stub_now_ns += OUTPUT_STREAM_NS - 10;
	write_text(2, "more");
	assert_output(5, "more", 4, 0, 0);
	assert_int_equal(output(5)->serial, output(3)->serial);
}

static void buffers_and_chunks(void **state)
{
	static char text[100000];
	struct iovec vectors[] = {{text, 5000}, {NULL, 0}, {"MARKER7", 7}, {text, 60000}};
	static const __u32 sizes[] = {4096, 904, 7};
	size_t count;
	__u32 offset = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	call(WRITEV, 2, vectors, 4);
	count = stub_ring.count;
	assert_int_equal(count, 3 + 15);
	for (size_t i = 0; i < count; i++) {
		const struct output_record *record = output(i);
		__u32 size = i < 3 ? sizes[i] : i < 17 ? 4096 : 60000 - 14 * 4096;

		assert_int_equal(record->captured, size);
		assert_int_equal(record->offset, offset);
		assert_int_equal(record->size, 65007);
		assert_int_equal(record->flags, i ? 0 : OUTPUT_IS_FIRST);
		offset += size;
	}
	call(WRITE, 2, text, sizeof(text)); /* 529 bytes are left */
	assert_int_equal(stub_ring.count, count + 1);
	assert_int_equal(output(count)->captured, 65536 - 65007);
	assert_int_equal(output(count)->size, MAX_OUTPUT_WRITE_BYTES);
	assert_int_equal(output(count)->flags, OUTPUT_IS_LAST);
	write_text(2, "over");
	assert_int_equal(stub_ring.count, count + 1);
}

static void a_vector_that_is_too_long(void **state)
{
	struct iovec vectors[8];

	(void)state;
	for (int i = 0; i < 8; i++)
		vectors[i] = (struct iovec){"MARKER7", 7};
	call(WRITEV, 2, vectors, 8);
	assert_int_equal(stub_ring.count, MAX_OUTPUT_IOVECS);
	assert_output(MAX_OUTPUT_IOVECS - 1, "MARKER7", 7 * MAX_OUTPUT_IOVECS,
		      7 * (MAX_OUTPUT_IOVECS - 1), 0);
	assert_int_equal(host_drops(DROP_IOVEC_TAIL), 1);
	write_text(2, "more");
	assert_output(MAX_OUTPUT_IOVECS, "more", 4, 0, OUTPUT_IS_MISSING);
}

/* What nobody had touched is there when the call returns, or it is lost. */
static void a_second_look(void **state)
{
	(void)state;
	host_settings.has_output_return = 1;
	assert_false(give_back(WRITE, 5));
	call(WRITE, 2, NULL, 50);
	assert_int_equal(output_retries_count, 1);
	regs.si = (unsigned long)"MARKER7";
	regs.dx = 7;
	assert_true(give_back(WRITE, 7));
	assert_output(0, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
	assert_int_equal(output_retries_count, 0);
	assert_false(give_back(WRITE, 7));
	/* Also in a stream; a call that begins anew is looked at then. */
	call(WRITE, 2, NULL, 5);
	assert_false(give_back(WRITE, -512));
	assert_int_equal(output_retries_count, 0);
	call(WRITEV, 2, NULL, 2);
	assert_true(give_back(WRITEV, 5));
	assert_int_equal(host_drops(DROP_OUTPUT_UNREADABLE), 1);
	write_text(2, "more");
	assert_output(1, "more", 4, 0, OUTPUT_IS_MISSING);
	/* No room for another thread. */
	call(WRITE, 2, NULL, 50);
	stub_pid_tgid++;
	call(WRITE, 2, NULL, 50);
	assert_int_equal(host_drops(DROP_OUTPUT_UNREADABLE), 2);
	assert_int_equal(output_retries_count, 1);
}

static void what_is_lost(void **state)
{
	(void)state;
	stub_ring.full_map = &exception_records;
	write_text(2, "MARKER7");
	stub_ring.full_map = NULL;
	assert_int_equal(host_drops(DROP_EXCEPTION_RING_FULL), 1);
	write_text(2, "more"); /* the first that comes says both */
	assert_output(0, "more", 4, 0, OUTPUT_IS_FIRST | OUTPUT_IS_MISSING);
	call(WRITE, 2, NULL, 5);
	assert_int_equal(host_drops(DROP_OUTPUT_UNREADABLE), 1);
	write_text(2, "more");
	assert_output(1, "more", 4, 0, OUTPUT_IS_MISSING);
	call(WRITEV, 2, NULL, 2);
	assert_int_equal(host_drops(DROP_OUTPUT_UNREADABLE), 2);
	write_text(2, "more");
	assert_output(2, "more", 4, 0, OUTPUT_IS_MISSING);
	stub_pid_tgid++;
	call(WRITE, 2, NULL, 5); /* nobody's stream, and too short for a marker */
	assert_int_equal(host_drops(DROP_OUTPUT_UNREADABLE), 2);
	call(WRITE, 2, NULL, 50); /* what it was is not known */
	assert_int_equal(host_drops(DROP_OUTPUT_UNREADABLE), 3);
	write_text(2, "MARKER7");
	assert_output(3, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
	stub_pid_tgid++;
	write_text(2, "MARKER7"); /* no room for a third */
	assert_int_equal(host_drops(DROP_OUTPUT_STREAMS_FULL), 1);
	assert_int_equal(stub_ring.count, 4);
}

static void the_budget_of_a_second(void **state)
{
	static char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "MARKER7", 7);
	host_settings.output_bytes = 5000;
	call(WRITE, 2, text, 5000);
	write_text(2, "more");
	assert_int_equal(stub_ring.count, 2);
	assert_int_equal(host_drops(DROP_OUTPUT_RATE), 1);
	stub_pid_tgid++; /* a thread of the same process */
	write_text(2, "MARKER7");
	assert_int_equal(host_drops(DROP_OUTPUT_RATE), 2);
	stub_pid_tgid--;
	stub_now_ns += BUDGET_SECOND_NS;
	write_text(2, "more");
	assert_output(2, "more", 4, 0, OUTPUT_IS_MISSING);
	assert_int_equal(host_drops(DROP_OUTPUT_RATE), 2);
}

static void fastcgi(void **state)
{
	static const char record[] = "\x01\x07 MARKER7", output_record[] = "\x01\x06 MARKER7";

	(void)state;
	call(WRITE, 5, record, 10);
	assert_int_equal(stub_ring.count, 0); /* not before there is PHP */
	flags_in_use = PROCESS_IS_PHP;
	call(WRITE, 5, output_record, 10);
	call(WRITE, 5, record, 9);
	call(WRITE, 5, "\x01\x07", 2);
	write_text(5, "MARKER7");
	assert_int_equal(stub_ring.count, 0);
	call(WRITE, 5, record, 10);
	assert_output(0, record, 10, 0, OUTPUT_IS_FIRST | OUTPUT_IS_LAST | OUTPUT_IS_FASTCGI);
	assert_int_equal(output(0)->descriptor, 5);
	write_text(2, "more"); /* no stream began */
	assert_int_equal(stub_ring.count, 1);
	stub_pid_tgid = 200ull << 32 | 200; /* no PHP */
	call(WRITE, 5, record, 10);
	assert_int_equal(stub_ring.count, 1);
}

static void mark(__u32 flags)
{
	__u32 tgid = stub_pid_tgid >> 32;

	flags_in_use |= flags;
	bpf_map_update_elem(&traced_processes, &tgid, &flags, BPF_ANY);
}

/* Of text with the writes' sizes in it. */
#define assert_tail(index, text, flags_of_it)                                                      \
	do {                                                                                       \
		const struct output_record *record = output(index);                                \
                                                                                                   \
		assert_int_equal(record->captured, sizeof(text) - 1);                              \
		assert_memory_equal(record->bytes, text, sizeof(text) - 1);                        \
		assert_int_equal(record->size, record->captured);                                  \
		assert_int_equal(record->offset, 0);                                               \
		assert_int_equal(record->flags, flags_of_it);                                      \
		assert_int_equal(record->header.size, sizeof(*record) + sizeof(text) - 1);         \
	} while (0)

static void the_tail(void **state)
{
	struct iovec vectors[] = {{"mess", 4}, {"age", 3}};

	(void)state;
	write_text(2, "place");
	write_text(2, "MARKER7"); /* nobody asked for a tail */
	assert_output(0, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
	stub_now_ns += OUTPUT_STREAM_NS;
	mark(PROCESS_KEEPS_TAIL);
	write_text(2, "place");
	call(WRITEV, 1, vectors, 2);
	write_text(3, "other");
	write_text(2, "MARKER7");
	assert_tail(1, "place\5\0message\7\0", OUTPUT_IS_FIRST | OUTPUT_IS_TAIL);
	assert_output(2, "MARKER7", 7, 0, 0);
	assert_int_equal(output(1)->serial, output(2)->serial);
	write_text(2, "more");
	write_text(2, "MARKER7"); /* renewed: all of it came */
	assert_int_equal(stub_ring.count, 5);
	stub_now_ns += OUTPUT_STREAM_NS;
	write_text(2, "MARKER7"); /* nothing was before it */
	assert_output(5, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
	stub_now_ns += OUTPUT_STREAM_NS;
	write_text(2, "old");
	stub_now_ns += OUTPUT_TAIL_NS;
	write_text(2, "new");
	stub_now_ns += OUTPUT_TAIL_NS / 2;
	write_text(2, "MARKER7");
	assert_tail(6, "new\3\0", OUTPUT_IS_FIRST | OUTPUT_IS_TAIL);
	stub_now_ns += OUTPUT_STREAM_NS;
	write_text(2, "old");
	stub_now_ns += OUTPUT_TAIL_NS;
	write_text(2, "MARKER7");
	assert_output(8, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
}

static void a_tail_that_is_full(void **state)
{
	static char text[MAX_TAIL_WRITE_BYTES + 1];
	const struct output_record *record;

	(void)state;
	mark(PROCESS_KEEPS_TAIL);
	memset(text, 'x', sizeof(text));
	write_text(2, "place");
	call(WRITE, 2, text, sizeof(text)); /* too large: what was before it is worth nothing */
	for (int i = 0; i < 5; i++) {
		text[0] = (char)('a' + i);
		call(WRITE, 2, text, 500);
	}
	write_text(2, "MARKER7");
	record = output(0); /* what the newest have left of those before, foremost cut off */
	assert_int_equal(record->captured, 3 * 502 - 2 * 502);
	assert_int_equal(record->bytes[0], 'c');
	assert_int_equal(record->flags, OUTPUT_IS_FIRST | OUTPUT_IS_TAIL);
	record = output(1);
	assert_int_equal(record->captured, 2 * 502);
	assert_int_equal(record->bytes[0], 'd');
	assert_int_equal(record->bytes[502], 'e');
	assert_int_equal(record->flags, OUTPUT_IS_TAIL);
	assert_output(2, "MARKER7", 7, 0, 0);
	stub_now_ns += OUTPUT_STREAM_NS;
	call(WRITE, 2, text, MAX_TAIL_WRITE_BYTES);
	stub_ring.full_map = &exception_records;
	write_text(2, "MARKER7");
	stub_ring.full_map = NULL;
	write_text(2, "more");
	assert_output(3, "more", 4, 0, OUTPUT_IS_FIRST | OUTPUT_IS_MISSING);
	assert_int_equal(host_drops(DROP_EXCEPTION_RING_FULL), 2);
}

static void duplicates(void **state)
{
	struct file error = {0}, socket = {0}, *table[] = {NULL, &socket, &error, &socket, &error};
	struct fdtable descriptors = {.max_fds = 5, .fd = table};
	struct files_struct files = {&descriptors};

	(void)state;
	task.files = &files;
	write_text(4, "MARKER7");
	assert_int_equal(stub_ring.count, 0);
	mark(PROCESS_DUPLICATES_OUTPUT);
	write_text(4, "MARKER7");
	assert_output(0, "MARKER7", 7, 0, OUTPUT_IS_FIRST);
	assert_int_equal(output(0)->descriptor, 2);
	host_settings.output_descriptors = 4;
	write_text(3, "more"); /* the same as 1, which nobody wants */
	write_text(0, "more");
	write_text(5, "more");
	write_text(2, "more");
	assert_int_equal(stub_ring.count, 2);
	task.files = NULL;
}

static void ends_of_long_writes(void **state)
{
	static char text[70000];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 7, "MARKER7", 7);
	call(WRITE, 2, text, sizeof(text));
	assert_int_equal(stub_ring.count, 0); /* nobody prints source */
	mark(PROCESS_PRINTS_SOURCE);
	call(WRITE, 2, text, sizeof(text));
	assert_int_equal(stub_ring.count, 4);
	assert_int_equal(output(0)->size, OUTPUT_END_BYTES);
	assert_int_equal(output(3)->offset, OUTPUT_END_BYTES - 4096);
	assert_memory_equal(output(3)->bytes + 4096 - 7, "MARKER7", 7);
	stub_ring_clear();
	stub_now_ns += OUTPUT_STREAM_NS;
	for (size_t size = 520; size < 5000; size += 73) {
		for (size_t at = 0; at + 7 <= size; at += at > 600 && at + 700 < size ? 97 : 1) {
			size_t count = stub_ring.count;
			bool is_seen =
				at + 7 <= OUTPUT_SCAN_BYTES || at + OUTPUT_SCAN_BYTES >= size;

			memset(text, 'x', size);
			memcpy(text + at, "MARKER7", 7);
			call(WRITE, 2, text, size);
			if (size > OUTPUT_SCAN_BYTES && size < 2 * OUTPUT_SCAN_BYTES - 32)
				is_seen = true;
			assert_int_equal(stub_ring.count > count, is_seen);
			stub_now_ns += OUTPUT_STREAM_NS;
			stub_ring_clear();
		}
	}
}

static void who_is_woken(void **state)
{
	(void)state;
	write_text(2, "MARKER7");
	assert_int_equal(stub_ring.flags[0], BPF_RB_NO_WAKEUP);
	stub_ring.available = 65536;
	write_text(2, "more");
	assert_int_equal(stub_ring.flags[1], BPF_RB_FORCE_WAKEUP);
	stub_ring.available = 0;
	agent_sleeps = 1;
	write_text(2, "more");
	assert_int_equal(stub_ring.flags[2], BPF_RB_FORCE_WAKEUP);
	assert_int_equal(agent_sleeps, 0);
	write_text(2, "more");
	assert_int_equal(stub_ring.flags[3], BPF_RB_NO_WAKEUP);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(which_calls, begin, end),
		cmocka_unit_test_setup_teardown(a_stream, begin, end),
		cmocka_unit_test_setup_teardown(buffers_and_chunks, begin, end),
		cmocka_unit_test_setup_teardown(a_vector_that_is_too_long, begin, end),
		cmocka_unit_test_setup_teardown(a_second_look, begin, end),
		cmocka_unit_test_setup_teardown(what_is_lost, begin, end),
		cmocka_unit_test_setup_teardown(the_budget_of_a_second, begin, end),
		cmocka_unit_test_setup_teardown(fastcgi, begin, end),
		cmocka_unit_test_setup_teardown(the_tail, begin, end),
		cmocka_unit_test_setup_teardown(a_tail_that_is_full, begin, end),
		cmocka_unit_test_setup_teardown(duplicates, begin, end),
		cmocka_unit_test_setup_teardown(ends_of_long_writes, begin, end),
		cmocka_unit_test_setup_teardown(who_is_woken, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
