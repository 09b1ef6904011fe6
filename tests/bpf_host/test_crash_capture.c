/* What a record says of a signal, and the abort message. */
#include "host_programs.h"

static struct crash_thread_record record;

static int begin(void **state)
{
	(void)state;
	host_begin();
	stub_is_readable = NULL;
	memset(&record, 0x55, sizeof(record));
	return 0;
}

static void set_place(__u32 index, __u64 pc_offset, __u64 message_offset)
{
	struct abort_place place = {pc_offset, message_offset};

	bpf_map_update_elem(&abort_places, &index, &place, BPF_ANY);
}

static void the_code(void **state)
{
	struct kernel_siginfo info = {.si_code = -6};

	(void)state;
	assert_int_equal(siginfo_code(NULL), 0);
	assert_int_equal(siginfo_code((void *)1), CODE_KERNEL);
	assert_int_equal(siginfo_code(&info), -6);
	assert_false(siginfo_is_real((void *)4096));
	/* The kernel's half of the address space is negative when signed. */
	assert_true(siginfo_is_real((void *)0xffff888000000000ull));
}

static void a_fault(void **state)
{
	struct kernel_siginfo info = {.si_code = 1,
				      ._sifields._sigfault._addr = (void *)0xdeadbeef};
	struct delivered_signal signal = {&info, 0, 11, CRASH_THREAD_FATAL, NULL};

	(void)state;
	fill_signal(&record, &signal);
	assert_int_equal(record.signal, 11);
	assert_int_equal(record.kind, CRASH_THREAD_FATAL);
	assert_int_equal(record.code, 1);
	assert_int_equal(record.disposition, 0);
	assert_int_equal(record.fault_address, 0xdeadbeef);
	assert_int_equal(record.sender_pid, 0);
	assert_int_equal(record.sender_uid, 0);
}

static void sent_by_somebody(void **state)
{
	struct kernel_siginfo info = {.si_code = -6, ._sifields._kill = {77, 1000}};
	struct delivered_signal signal = {&info, 0x400000, 6, CRASH_THREAD_FATAL, NULL};

	(void)state;
	fill_signal(&record, &signal);
	assert_int_equal(record.code, -6);
	assert_int_equal(record.disposition, 0x400000);
	assert_int_equal(record.fault_address, 0);
	assert_int_equal(record.sender_pid, 77);
	assert_int_equal(record.sender_uid, 1000);
}

static void blocked_signals(void **state)
{
	struct task_struct task = {0};

	(void)state;
	assert_int_equal(blocked_faults_of(&task), 0);
	task.blocked.sig[0] = 1ul << (11 - 1);
	assert_int_equal(blocked_faults_of(&task), CRASH_BLOCKS_SEGV);
	task.blocked.sig[0] = 1ul << (4 - 1) | 1ul << (8 - 1) | 1ul << (6 - 1);
	assert_int_equal(blocked_faults_of(&task), CRASH_BLOCKS_ILL | CRASH_BLOCKS_FPE);
	task.blocked.sig[0] = ~0ul;
	assert_int_equal(blocked_faults_of(&task), 8 + 16 + 32 + 64 + 128);
}

static void without_information(void **state)
{
	struct delivered_signal signal = {(void *)1, 0, 9, CRASH_THREAD_SIBLING, NULL};

	(void)state;
	fill_signal(&record, &signal);
	assert_int_equal(record.code, 0);
	assert_int_equal(record.fault_address, 0);
	assert_int_equal(record.sender_pid, 0);
}

/* A library of two pages of this process: the pointer at its end, the message behind. */
static _Alignas(STACK_PAGE_BYTES) char library[2 * STACK_PAGE_BYTES];

static void put_message(const char *text)
{
	static struct {
		__u32 size;
		char text[600];
	} message;
	const void *pointer = &message;

	message.size = 4096;
	(void)strncpy(message.text, text, sizeof(message.text) - 1);
	memcpy(library + 5000, &pointer, sizeof(pointer));
	memset(record.message, 0, sizeof(record.message));
	record.message_size = 0;
	record.registers[REGISTER_PC] = (__u64)(uintptr_t)library + 0x123;
}

static void the_abort_message(void **state)
{
	(void)state;
	put_message("free(): invalid pointer\n");
	set_place(0, 0x124, 5000); /* another library: not at a page's start */
	set_place(1, 0x123, 5000);
	fill_message(&record);
	assert_int_equal(record.message_size, 24);
	assert_memory_equal(record.message, "free(): invalid pointer\n", 25);
}

static void a_long_message(void **state)
{
	char text[400];

	(void)state;
	memset(text, 'm', sizeof(text));
	text[399] = 0;
	put_message(text);
	set_place(0, 0x123, 5000);
	fill_message(&record);
	assert_int_equal(record.message_size, ABORT_MESSAGE_BYTES - 1);
	assert_memory_equal(record.message, text, ABORT_MESSAGE_BYTES - 1);
}

static void no_message(void **state)
{
	(void)state;
	put_message("text");
	fill_message(&record); /* no places */
	assert_int_equal(record.message_size, 0);
	set_place(0, 0x123, 5008); /* the pointer is NULL there */
	fill_message(&record);
	assert_int_equal(record.message_size, 0);
	put_message("");
	set_place(0, 0x123, 5000);
	fill_message(&record);
	assert_int_equal(record.message_size, 0);
	put_message("text");
	stub_reads_until_failure = 0;
	fill_message(&record);
	assert_int_equal(record.message_size, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_code, begin),
		cmocka_unit_test_setup(a_fault, begin),
		cmocka_unit_test_setup(sent_by_somebody, begin),
		cmocka_unit_test_setup(blocked_signals, begin),
		cmocka_unit_test_setup(without_information, begin),
		cmocka_unit_test_setup(the_abort_message, begin),
		cmocka_unit_test_setup(a_long_message, begin),
		cmocka_unit_test_setup(no_message, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
