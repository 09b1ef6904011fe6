/* From records to a crash: each kind of end, signals and senders, threads, frames, the cause. */
#include "crash/crash_builder.h"

#include <signal.h>
#include "cmocka_test.h"
#include "crash_records.h"
#include "sample_segment.h"

#define MS   1000000ull
#define T0   (10000 * MS)
#define UNIX 1700000000000000000ull
#define BOOT 1600000000000000000ull

static struct {
	struct raw_crash *raw;
	struct crash *crash;
	struct crash_images images;
} f;

static int begin(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.images.executable = NO_IMAGE;
	return raw_crash_new(&f.raw, RECORDS_TGID);
}

static int end(void **state)
{
	(void)state;
	crash_free(&f.crash);
	raw_crash_free(&f.raw);
	return 0;
}

static struct crash_thread_record *add_thread(uint32_t tid, int signal)
{
	struct crash_thread_record record =
		crash_thread_record(CRASH_THREAD_FATAL, tid, signal, T0);
	struct raw_thread *thread;

	record.pages_copied = 1;
	record.fault_address = 0x18;
	assert_int_equal(raw_crash_new_thread(&thread, &record), 0);
	thread->pages[0] = calloc(1, sizeof(struct raw_page));
	thread->pages[0]->address = 0x7ffc00001000;
	thread->pages_count = 1;
	f.raw->threads[f.raw->threads_count++] = thread;
	return &thread->record;
}

static struct crash *build(enum raw_verdict verdict, uint32_t exit_code)
{
	struct resource *resource = sample_resource();

	f.raw->verdict = verdict;
	f.raw->death = death_record(exit_code, T0 + 5 * MS);
	f.raw->death.uid = 33;
	f.raw->death_ns = T0 + 5 * MS;
	f.raw->process_start_ns = RECORDS_START_NS;
	crash_free(&f.crash);
	assert_int_equal(crash_builder_begin(&f.crash, f.raw, resource, UNIX, BOOT), 0);
	resource_release(&resource);
	return f.crash;
}

static void send_from(uint32_t pid, int signal)
{
	f.raw->has_sender = true;
	f.raw->sender = (struct signal_sent_record){.target_tgid = RECORDS_TGID,
						    .sender_tgid = pid,
						    .sender_uid = 1000,
						    .signal = (uint32_t)signal,
						    .sender_name = "killer"};
}

static void a_signal_of_its_own(void **state)
{
	struct crash *crash;

	(void)state;
	(void)add_thread(501, SIGSEGV);
	f.raw->fatal_ns = T0;
	crash = build(RAW_CRASHED, SIGSEGV | 0x80);
	assert_int_equal(crash->kind, CRASH_SIGNAL);
	assert_int_equal(crash->unix_ns, T0 + UNIX);
	assert_int_equal(crash->start_unix_ns, RECORDS_START_NS + BOOT);
	assert_int_equal(crash->pid, RECORDS_TGID);
	assert_int_equal(crash->tid, 501);
	assert_int_equal(crash->uid, 33);
	assert_view(crash->process_name, "victim");
	assert_int_equal(crash->signal, SIGSEGV);
	assert_int_equal(crash->code, SEGV_MAPERR);
	assert_string_equal(crash->signal_name, "SIGSEGV");
	assert_string_equal(crash->code_name, "SEGV_MAPERR");
	assert_true(crash->has_fault_address);
	assert_int_equal(crash->fault_address, 0x18);
	assert_true(crash->is_core_dumped);
	assert_false(crash->is_loss);
	assert_false(crash->is_metadata_only);
	assert_int_equal(crash->sender_pid, 0);
	crash_builder_take_answer(crash, &f.images, NULL);
	crash_builder_finish(crash, f.raw, &f.images);
	assert_view(crash->type, "SIGSEGV");
	assert_view(crash->cause, "null pointer dereference at address 0x18");
}

/* SI_KERNEL: a fault whose address nobody knows. */
static void without_an_address(void **state)
{
	struct crash *crash;

	(void)state;
	add_thread(501, SIGSEGV)->code = SI_KERNEL;
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_false(crash->has_fault_address);
	assert_int_equal(crash->fault_address, 0);
	assert_int_equal(crash->unix_ns, T0 + 5 * MS + UNIX); /* no fatal_ns: of its end */
	f.raw->threads[0]->record.code = SI_TKILL;
	assert_false(build(RAW_CRASHED, SIGSEGV)->has_fault_address);
}

static void who_sent_it(void **state)
{
	struct crash_thread_record *record = add_thread(501, SIGSEGV);
	struct crash *crash;

	(void)state;
	record->code = SI_USER;
	record->sender_pid = 77;
	record->sender_uid = 7;
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_int_equal(crash->sender_pid, 77);
	assert_int_equal(crash->sender_uid, 7);
	assert_int_equal(crash->sender_name.size, 0);
	/* With a name when the same was seen sending. */
	send_from(77, SIGSEGV);
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_view(crash->sender_name, "killer");
	assert_int_equal(crash->sender_uid, 1000);
	send_from(78, SIGTERM);
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_int_equal(crash->sender_pid, 77);
	/* A fault of its own has none, whoever sent what before. */
	record->code = SEGV_MAPERR;
	assert_int_equal(build(RAW_CRASHED, SIGSEGV)->sender_pid, 0);
}

static void other_ends(void **state)
{
	struct crash *crash;

	(void)state;
	send_from(78, SIGKILL);
	crash = build(RAW_KILLED, SIGKILL);
	assert_int_equal(crash->kind, CRASH_KILLED);
	assert_int_equal(crash->signal, SIGKILL);
	assert_int_equal(crash->code, 0);
	assert_int_equal(crash->sender_pid, 78);
	assert_int_equal(crash->threads_count, 0);
	assert_int_equal(crash->tid, 0);
	assert_null(crash_thread_of(crash));
	crash = build(RAW_OOM_KILLED, SIGKILL);
	assert_int_equal(crash->kind, CRASH_OOM_KILL);
	assert_int_equal(crash->sender_pid, 0);
	f.raw->has_sender = false;
	crash = build(RAW_EXITED, 3 << 8);
	assert_int_equal(crash->kind, CRASH_EXIT);
	assert_int_equal(crash->exit_status, 3);
	assert_int_equal(crash->signal, 0);
	assert_null(crash->signal_name);
	crash_builder_finish(crash, f.raw, &f.images);
	assert_view(crash->type, "ExitStatus");
	crash = build(RAW_SIGNALLED, SIGPIPE);
	assert_int_equal(crash->kind, CRASH_SIGNAL);
	assert_string_equal(crash->signal_name, "SIGPIPE");
}

/* It ended itself over a fault: the fault is what the report is about. */
static void a_fault_in_handling(void **state)
{
	struct crash *crash;

	(void)state;
	(void)add_thread(501, SIGSEGV);
	crash = build(RAW_FAULTED, 2 << 8);
	assert_int_equal(crash->kind, CRASH_FAULT);
	assert_int_equal(crash->signal, SIGSEGV);
	assert_int_equal(crash->exit_status, 2);
	assert_int_equal(crash->unix_ns, T0 + UNIX);
	assert_true(crash->has_fault_address);
}

static void threads_as_they_are(void **state)
{
	struct crash_thread_record *main_thread;
	const struct job_thread *job;
	uint32_t count = 0;
	struct crash *crash;

	(void)state;
	(void)add_thread(501, SIGSEGV);
	main_thread = add_thread(RECORDS_TGID, SIGSEGV);
	main_thread->flags = CRASH_IS_TRUNCATED;
	main_thread->pages_lost = 1;
	memcpy(main_thread->name, "sixteen bytes-ok", TASK_NAME_BYTES);
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_int_equal(crash->threads_count, 2);
	assert_true(crash->threads[0].is_crashed);
	assert_false(crash->threads[0].is_main);
	assert_true(crash->threads[0].has_registers);
	assert_int_equal(crash->threads[0].registers[RECORDS_PC], 0x401000);
	assert_view(crash->threads[0].name, "worker");
	assert_false(crash->threads[1].is_crashed);
	assert_true(crash->threads[1].is_main);
	assert_true(crash->threads[1].is_truncated);
	assert_view(crash->threads[1].name, "sixteen bytes-ok");
	assert_true(crash->is_loss);
	job = crash_builder_threads(f.raw, crash, &count);
	assert_int_equal(count, 2);
	assert_non_null(job);
	assert_int_equal(job[0].tid, 501);
	assert_true(job[0].is_crashed);
	assert_false(job[0].is_truncated);
	assert_int_equal(job[0].pages_count, 1);
	assert_int_equal(job[0].pages[0].address, 0x7ffc00001000);
	assert_ptr_equal(job[0].pages[0].bytes, f.raw->threads[0]->pages[0]->bytes);
	assert_false(job[1].is_crashed);
	assert_true(job[1].is_truncated);
}

static void what_may_not_be_looked_at(void **state)
{
	struct crash *crash;
	uint32_t count = 0;

	(void)state;
	add_thread(501, SIGSEGV)->flags = CRASH_IS_NOT_DUMPABLE;
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_true(crash->is_metadata_only);
	assert_false(crash->threads[0].has_registers);
	assert_true(crash_builder_threads(f.raw, crash, &count)[0].is_pc_only);
	f.raw->threads[0]->record.flags = CRASH_IS_COMPAT;
	crash = build(RAW_CRASHED, SIGSEGV);
	assert_false(crash->is_metadata_only);
	assert_true(crash_builder_threads(f.raw, crash, &count)[0].is_pc_only);
}

/* One image of the program with code from 0x400000 on, and constants behind it. */
static void add_image(struct crash *crash)
{
	f.images.mappings = arena_allocate(&crash->arena, sizeof(*f.images.mappings));
	f.images.mappings[0] = (struct job_mapping){.start = 0x400000, .end = 0x402000};
	f.images.mappings_count = 1;
	f.images.executable = 0;
	crash->images = arena_allocate(&crash->arena, sizeof(*crash->images));
	crash->images[0] = (struct crash_image){
		.path = VIEW_LITERAL("/usr/bin/shop"), .start = 0x400000, .size = 0x10000};
	crash->images_count = 1;
}

static void an_answer(void **state)
{
	struct crash_frame frames[] = {
		{.pc = 0x401000,
		 .image = 0,
		 .function = VIEW_LITERAL("take_order"),
		 .file = VIEW_LITERAL("shop.c"),
		 .line = 7},
		{.pc = 0x7f00, .image = 5, .symbol = VIEW_LITERAL("jit")},
	};
	struct unwind_answer_image image = {
		.build_id = {1, 2, 3}, .build_id_size = 3, .has_text_hash = true, .text_hash = {9}};
	struct unwind_answer answer = {.threads_count = 2, .images = &image, .images_count = 1};
	struct crash *crash;

	(void)state;
	(void)add_thread(501, SIGSEGV);
	(void)add_thread(502, SIGSEGV);
	crash = build(RAW_CRASHED, SIGSEGV);
	add_image(crash);
	answer.threads[0].frames = frames;
	answer.threads[0].frames_count = 2;
	answer.threads[0].is_truncated = true;
	crash_builder_take_answer(crash, &f.images, &answer);
	assert_int_equal(crash->threads[0].frames_count, 2);
	assert_true(crash->threads[0].is_truncated);
	assert_view(crash->threads[0].frames[0].function, "take_order");
	assert_true(crash->threads[0].frames[0].function.bytes != frames[0].function.bytes);
	assert_view(crash->threads[0].frames[0].file, "shop.c");
	assert_int_equal(crash->threads[0].frames[0].image, 0);
	assert_true(crash->threads[0].frames[0].is_in_app);
	/* An image that is not there: the answer comes from a process that read hostile files. */
	assert_int_equal(crash->threads[0].frames[1].image, NO_IMAGE);
	assert_true(crash->threads[0].frames[1].is_in_app);
	/* Nothing was found for this one: where it stood. */
	assert_int_equal(crash->threads[1].frames_count, 1);
	assert_int_equal(crash->threads[1].frames[0].pc, 0x401000);
	assert_int_equal(crash->threads[1].frames[0].image, 0);
	assert_true(crash->threads[1].frames[0].is_exact_pc);
	assert_int_equal(crash->images[0].build_id_size, 3);
	assert_memory_equal(crash->images[0].build_id, "\x01\x02\x03", 3);
	assert_true(crash->images[0].has_text_hash);
	assert_int_equal(crash->images[0].text_hash[0], 9);
	/* The kernel's build-id is not replaced, a size that cannot be is not taken. */
	image.build_id[0] = 7;
	crash_builder_take_answer(crash, &f.images, &answer);
	assert_int_equal(crash->images[0].build_id[0], 1);
	crash->images[0].build_id_size = 0;
	image.build_id_size = MAX_BUILD_ID_BYTES + 1;
	crash_builder_take_answer(crash, &f.images, &answer);
	assert_int_equal(crash->images[0].build_id_size, 0);
}

/* A pointer into constants of the program is another story than one into nowhere. */
static void causes_know_the_places(void **state)
{
	struct crash_thread_record *record = add_thread(501, SIGSEGV);
	struct crash *crash;

	(void)state;
	record->fault_address = 0x408000;
	record->code = SEGV_ACCERR;
	crash = build(RAW_CRASHED, SIGSEGV);
	add_image(crash);
	crash_builder_take_answer(crash, &f.images, NULL);
	crash_builder_finish(crash, f.raw, &f.images);
	assert_true(view_find(crash->cause, VIEW_LITERAL("0x408000")) >= 0);
	assert_true(crash->fingerprint_count > 0); /* no function has a name */
}

static void last_words(void **state)
{
	struct crash_thread_record *record = add_thread(501, SIGABRT);
	const char *text = "terminate called after throwing an instance of 'std::bad_alloc'\n"
			   "  what():  std::bad_alloc\n";
	struct crash *crash;

	(void)state;
	record->code = SI_TKILL;
	f.raw->trail = calloc(1, sizeof(*f.raw->trail));
	f.raw->trail->pieces_count = 1;
	f.raw->trail->pieces[0].size = f.raw->trail->pieces[0].captured = (uint16_t)strlen(text);
	memcpy(f.raw->trail->pieces[0].bytes, text, strlen(text));
	f.raw->trail->pieces[0].time_ns = T0 + 4 * MS;
	crash = build(RAW_CRASHED, SIGABRT);
	crash_builder_take_answer(crash, &f.images, NULL);
	crash_builder_finish(crash, f.raw, &f.images);
	assert_view(crash->cause, "uncaught C++ exception std::bad_alloc: std::bad_alloc");
	/* What abort() itself was told is nearer. */
	record->message_size = 20;
	memcpy(record->message, "double free in shop\n", 20);
	crash_builder_finish(crash, f.raw, &f.images);
	assert_true(view_starts_with(crash->cause, VIEW_LITERAL("double free")));
	/* Nothing of it where memory may not be looked at. */
	crash->is_metadata_only = true;
	crash_builder_finish(crash, f.raw, &f.images);
	assert_int_equal(view_find(crash->cause, VIEW_LITERAL("bad_alloc")), -1);
	assert_int_equal(view_find(crash->cause, VIEW_LITERAL("double")), -1);
}

/* abort <- report <- handler's return <- what it interrupted <- its caller */
static void finish_with_interrupted(struct crash *crash, uint64_t pc)
{
	struct crash_frame frames[] = {
		{.pc = 0x401000, .is_exact_pc = true, .function = VIEW_LITERAL("abort")},
		{.pc = 0x401100, .trust = TRUST_CFI, .function = VIEW_LITERAL("report")},
		{.pc = 0x401200, .trust = TRUST_CFI, .is_exact_pc = true},
		{.pc = pc,
		 .trust = TRUST_CFI,
		 .is_exact_pc = true,
		 .function = VIEW_LITERAL("sum")},
		{.pc = 0x401400, .trust = TRUST_CFI, .function = VIEW_LITERAL("main")},
	};
	struct unwind_answer answer = {.threads_count = 1};

	answer.threads[0].frames = frames;
	answer.threads[0].frames_count = 5;
	crash_builder_take_answer(crash, &f.images, &answer);
	crash_builder_finish(crash, f.raw, &f.images);
}

static struct crash *build_aborted_in_handling(uint32_t sender_pid)
{
	struct crash_thread_record fault =
		crash_thread_record(CRASH_THREAD_HANDLED, 501, SIGSEGV, T0 - MS);
	struct crash_thread_record *record = add_thread(501, SIGABRT);

	record->code = SI_TKILL;
	record->sender_pid = sender_pid;
	fault.fault_address = 0x18;
	fault.registers[RECORDS_PC] = 0x401300;
	assert_int_equal(raw_crash_new_thread(&f.raw->handled, &fault), 0);
	return build(RAW_CRASHED, SIGABRT);
}

/* The stack of the abort leads through the handler to the fault: that is what it died of. */
static void an_abort_in_handling(void **state)
{
	struct crash *crash = build_aborted_in_handling(RECORDS_TGID);

	(void)state;
	finish_with_interrupted(crash, 0x401300);
	assert_view(crash->type, "SIGSEGV");
	assert_int_equal(crash->signal, SIGSEGV);
	assert_string_equal(crash->code_name, "SEGV_MAPERR");
	assert_true(crash->has_fault_address);
	assert_int_equal(crash->fault_address, 0x18);
	assert_view(crash->cause, "null pointer dereference at address 0x18");
	assert_int_equal(crash->threads[0].frames_count, 2);
	assert_view(crash->threads[0].frames[0].function, "sum");
	assert_int_equal(crash->threads[0].frames[0].trust, TRUST_CONTEXT);
	assert_int_equal(crash->threads[0].registers[RECORDS_PC], 0x401300);
	assert_int_equal(crash->sender_pid, 0);
}

static void an_abort_after_a_fault_survived(void **state)
{
	struct crash *crash = build_aborted_in_handling(RECORDS_TGID);

	(void)state;
	/* Interrupted somewhere else, by something that was no fault. */
	finish_with_interrupted(crash, 0x401308);
	assert_view(crash->type, "SIGABRT");
	assert_int_equal(crash->threads[0].frames_count, 5);
}

static void killed_in_handling(void **state)
{
	struct crash *crash = build_aborted_in_handling(RECORDS_TGID + 1);

	(void)state;
	finish_with_interrupted(crash, 0x401300);
	assert_view(crash->type, "SIGABRT");
	assert_int_equal(crash->threads[0].frames_count, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_signal_of_its_own),
		TEST(without_an_address),
		TEST(who_sent_it),
		TEST(other_ends),
		TEST(a_fault_in_handling),
		TEST(threads_as_they_are),
		TEST(what_may_not_be_looked_at),
		TEST(an_answer),
		TEST(causes_know_the_places),
		TEST(last_words),
		TEST(an_abort_in_handling),
		TEST(an_abort_after_a_fault_survived),
		TEST(killed_in_handling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
