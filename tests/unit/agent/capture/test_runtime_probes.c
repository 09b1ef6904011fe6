/*
 * Who is watched and what goes when, with an attacher of the test's own and files made for it:
 * nothing is attached to anybody.
 */
#include "cmocka_test.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include "base/log.h"
#include "capture/runtime_probes.h"
#include "capture/tls_libraries.h"
#include "sample_elf.h"
#include "symbol_elf.h"

#define NODE_SYMBOL                                                                                \
	"_ZN4node6errors24TriggerUncaughtExceptionEPN2v87IsolateENS1_"                             \
	"5LocalINS1_5ValueEEENS4_INS1_7MessageEEEb"
#define EXIT_SYMBOL  "_ZN10JavaThread4exitEbNS_8ExitTypeE"
#define ERROR_SYMBOL "_ZN7VMError14report_and_dieEiPKcS1_P13__va_list_tagP6ThreadPhPvS7_S1_im"
#define NODE_PATH    VIEW_LITERAL("/usr/bin/node")
#define JVM_PATH     VIEW_LITERAL("/opt/jdk/lib/server/libjvm.so")

struct attachment {
	const void *program;
	pid_t pid;
	uint64_t offset; /* of the first place */
	uint32_t places;
};

static struct {
	struct attachment made[4096];
	uint32_t attached, detached;
	int refusal;
} fake;
static struct runtime_probes *probes;
static struct symbol_elf elf;

/* Programs are told apart by their address alone. */
static struct bpf_program *find_program(void *self, const char *name)
{
	(void)self;
	return (struct bpf_program *)(uintptr_t)name;
}

static struct bpf_program *find_none(void *self, const char *name)
{
	(void)self;
	(void)name;
	return NULL;
}

/* Threads of the attacher call these two. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct probe_link *attach(void *self, const struct probe_order *order, const char *file)
{
	struct attachment *made;

	(void)self;
	assert_int_equal(access(file, R_OK), 0);
	if (fake.refusal) {
		errno = fake.refusal;
		return NULL;
	}
	(void)pthread_mutex_lock(&lock);
	made = &fake.made[fake.attached++];
	*made = (struct attachment){order->program, order->pid, order->targets[0].file_offset,
				    order->targets_count};
	(void)pthread_mutex_unlock(&lock);
	return (struct probe_link *)made;
}

static void detach(void *self, struct probe_link *link)
{
	(void)self;
	assert_in_range((uintptr_t)link, (uintptr_t)fake.made,
			(uintptr_t)&fake.made[fake.attached - 1]);
	(void)pthread_mutex_lock(&lock);
	fake.detached++;
	(void)pthread_mutex_unlock(&lock);
}

static void begin(enum probe_setting wanted, bool is_whole_host)
{
	struct probe_attacher_calls calls = {NULL, attach, detach};
	struct runtime_probes_settings settings = {.libraries = runtime_probe_runtimes,
						   .wanted = wanted,
						   .is_whole_host = is_whole_host,
						   .loss = RUNTIME_PROBE_LOSS};

	log_set_level(LOG_LEVEL_ERROR);
	memset(&fake, 0, sizeof(fake));
	assert_int_equal(runtime_probes_new(&probes, &settings, find_program, NULL), 0);
	assert_int_equal(runtime_probes_set_calls(probes, &calls), 0);
}

/* Everything that was attached is gone afterwards. */
static void end(void)
{
	runtime_probes_free(&probes);
	assert_null(probes);
	assert_int_equal(fake.detached, fake.attached);
}

static int make_file(const struct symbol_row *rows)
{
	struct view file;

	symbol_elf_begin(&elf);
	symbol_elf_add_table(&elf, ".dynsym", SHT_DYNSYM, rows);
	file = symbol_elf_end(&elf);
	return sample_elf_file(file.bytes, file.size);
}

static int make_node(void)
{
	const struct symbol_row rows[] = {{NODE_SYMBOL, CODE_ADDRESS + 0x20, 4, STT_FUNC}, {0}};

	return make_file(rows);
}

static int make_jvm(void)
{
	const struct symbol_row rows[] = {{EXIT_SYMBOL, CODE_ADDRESS + 0x30, 4, STT_FUNC},
					  {ERROR_SYMBOL, CODE_ADDRESS + 0x40, 4, STT_FUNC},
					  {0}};

	return make_file(rows);
}

static void expect(uint32_t attached, uint32_t now)
{
	runtime_probes_settle(probes);
	assert_int_equal(fake.attached, attached);
	assert_int_equal(fake.attached - fake.detached, fake.refusal ? 0 : now);
	assert_int_equal(runtime_probes_count(probes), now);
}

static bool is_attached(const char *program, pid_t pid, uint64_t offset)
{
	for (uint32_t i = 0; i < fake.attached; i++)
		if (strcmp(fake.made[i].program, program) == 0 && fake.made[i].pid == pid &&
		    fake.made[i].offset == offset)
			return true;
	return false;
}

static void test_processes(void **state)
{
	int node = make_node(), jvm = make_jvm();

	(void)state;
	begin(PROBES_AUTO, false);
	runtime_probes_consider(probes, 10, NODE_PATH, node);
	expect(1, 1);
	assert_true(is_attached("on_node_uncaught", 10, 0x20));
	runtime_probes_consider(probes, 10, NODE_PATH, node); /* mapped twice */
	expect(1, 1);
	runtime_probes_consider(probes, 11, JVM_PATH, jvm);
	expect(3, 3);
	assert_true(is_attached("on_java_thread_exit", 11, 0x30));
	assert_true(is_attached("on_java_vm_error", 11, 0x40));
	runtime_probes_consider(probes, 10, JVM_PATH, jvm);
	expect(5, 5);
	runtime_probes_process_exited(probes, 10);
	expect(5, 2);
	runtime_probes_process_exited(probes, 10);
	runtime_probes_process_exited(probes, 99);
	expect(5, 2);
	runtime_probes_consider(probes, 10, NODE_PATH, node); /* the number was given again */
	expect(6, 3);
	end();
	close(node);
	close(jvm);
}

static void test_forks(void **state)
{
	int node = make_node();

	(void)state;
	begin(PROBES_AUTO, false);
	runtime_probes_process_forked(probes, 10, 12);
	expect(0, 0);
	runtime_probes_consider(probes, 10, NODE_PATH, node);
	close(node); /* the file is held */
	runtime_probes_process_forked(probes, 10, 12);
	expect(2, 2);
	assert_true(is_attached("on_node_uncaught", 12, 0x20));
	runtime_probes_process_exited(probes, 10);
	runtime_probes_process_forked(probes, 12, 13);
	expect(3, 2);
	end();
}

static void test_stop(void **state)
{
	int node = make_node(), jvm = make_jvm();

	(void)state;
	for (int is_whole_host = 0; is_whole_host < 2; is_whole_host++) {
		begin(PROBES_AUTO, is_whole_host);
		assert_int_equal(runtime_probes_stop(probes), 0);
		end();
		begin(PROBES_AUTO, is_whole_host);
		runtime_probes_consider(probes, 10, NODE_PATH, node);
		runtime_probes_consider(probes, 11, JVM_PATH, jvm);
		expect(3, 3);
		assert_int_equal(runtime_probes_stop(probes), 3);
		expect(3, 0);
		assert_int_equal(fake.detached, 3);
		/* From now on nobody is watched, old or new. */
		runtime_probes_consider(probes, 10, JVM_PATH, jvm);
		runtime_probes_consider(probes, 12, NODE_PATH, node);
		runtime_probes_process_forked(probes, 10, 13);
		runtime_probes_process_exited(probes, 10);
		expect(3, 0);
		assert_int_equal(runtime_probes_stop(probes), 0);
		end();
	}
	close(node);
	close(jvm);
}

/* Once per file, whoever maps it; kept for the next when nobody does. */
static void test_whole_host(void **state)
{
	int node = make_node(), other = make_node();

	(void)state;
	begin(PROBES_AUTO, true);
	runtime_probes_consider(probes, 10, NODE_PATH, node);
	runtime_probes_consider(probes, 11, NODE_PATH, node);
	runtime_probes_process_forked(probes, 11, 12);
	expect(1, 1);
	assert_int_equal(fake.made[0].pid, -1);
	runtime_probes_consider(probes, 11, NODE_PATH, other);
	expect(2, 2);
	for (pid_t pid = 10; pid <= 12; pid++)
		runtime_probes_process_exited(probes, pid);
	runtime_probes_consider(probes, 13, NODE_PATH, node);
	expect(2, 2);
	end();
	close(node);
	close(other);
}

static void test_what_is_nobodys(void **state)
{
	static const char *const names[] = {"/usr/lib/libc.so.6", "/usr/bin/node.js.so", "node", "",
					    "/usr/bin/nodeadm"};
	int node = make_node(), text = sample_elf_file("#!/bin/sh\n", 10);

	(void)state;
	begin(PROBES_AUTO, false);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		runtime_probes_consider(probes, 10, view_of_text(names[i]), node);
	runtime_probes_consider(probes, 10, NODE_PATH, text);
	runtime_probes_consider(probes, 0x7fffffff, NODE_PATH, -1);
	expect(0, 0);
	end();
	runtime_probes_consider(NULL, 10, NODE_PATH, node);
	runtime_probes_process_forked(NULL, 10, 11);
	runtime_probes_process_exited(NULL, 10);
	assert_int_equal(runtime_probes_count(NULL), 0);
	close(node);
	close(text);
}

static void test_settings(void **state)
{
	struct runtime_probes_settings all = {.libraries = runtime_probe_runtimes,
					      .wanted = PROBES_ALL,
					      .loss = RUNTIME_PROBE_LOSS};
	int node = make_node();

	(void)state;
	begin(PROBES_OFF, false);
	runtime_probes_consider(probes, 10, NODE_PATH, node);
	expect(0, 0);
	end();
	assert_int_equal(runtime_probes_new(&probes, &all, find_none, NULL), 0);
	runtime_probes_consider(probes, 10, NODE_PATH, node);
	expect(0, 0);
	end();
	close(node);
}

/* A refusal is for now: the next process is tried again, and this one holds nothing. */
static void test_refused(void **state)
{
	static const int refusals[] = {ESRCH, EPERM, EINVAL};
	int jvm = make_jvm();

	(void)state;
	begin(PROBES_AUTO, false);
	for (int i = 0; i < 3; i++) {
		fake.refusal = refusals[i];
		runtime_probes_consider(probes, 20 + i, JVM_PATH, jvm);
		expect(0, 2);
		runtime_probes_process_exited(probes, 20 + i);
		expect(0, 0);
	}
	fake.refusal = 0;
	runtime_probes_consider(probes, 23, JVM_PATH, jvm);
	expect(2, 2);
	end();
	close(jvm);
}

/* Processes beyond what is attached at once find no place until others end. */
static void test_full(void **state)
{
	int node = make_node();

	(void)state;
	begin(PROBES_AUTO, false);
	for (pid_t pid = 1; pid <= 1030; pid++)
		runtime_probes_consider(probes, pid, NODE_PATH, node);
	expect(1024, 1024);
	runtime_probes_process_exited(probes, 1);
	runtime_probes_consider(probes, 2000, NODE_PATH, node);
	expect(1025, 1024);
	end();
	close(node);
}

static int told_fact;
static pid_t told_tgid;
static uint32_t told_count;

static void on_fact(void *self, pid_t tgid, enum runtime_fact kind, int fact)
{
	(void)self;
	assert_int_equal(kind, FACT_PYTHON_MINOR);
	told_fact = fact;
	told_tgid = tgid;
	told_count++;
}

/* Of the interpreters it knows inside, each process is told which it runs, before it is watched. */
static void test_python(void **state)
{
	const struct symbol_row rows[] = {
		{"PyErr_Display", CODE_ADDRESS + 0x20, 4, STT_FUNC},
		{"_PyErr_Display", CODE_ADDRESS + 0x30, 4, STT_FUNC},
		{"PyErr_PrintEx", CODE_ADDRESS + 0x40, 4, STT_FUNC},
		{"PyCode_NewWithPosOnlyArgs", CODE_ADDRESS + 0x50, 4, STT_FUNC},
		{"PyFrame_GetCode", CODE_ADDRESS + 0x60, 4, STT_FUNC},
		{0}};
	int python = make_file(rows), other = make_file(rows);

	(void)state;
	begin(PROBES_AUTO, false);
	runtime_probes_on_fact(probes, on_fact, NULL);
	told_count = 0;
	runtime_probes_consider(probes, 10, VIEW_LITERAL("/usr/bin/python3.9"), python);
	assert_true(told_count == 1 && told_fact == 9 && told_tgid == 10);
	expect(3, 3);
	assert_true(is_attached("on_python_display", 10, 0x20));
	assert_true(is_attached("on_python_display_file", 10, 0x30));
	runtime_probes_process_forked(probes, 10, 11);
	assert_true(told_count == 2 && told_tgid == 11);
	expect(6, 6);
	/* It says it is another one: only what needs no knowledge of it. */
	runtime_probes_consider(probes, 12, VIEW_LITERAL("/usr/bin/python3.14"), other);
	assert_int_equal(told_count, 2);
	expect(7, 7);
	assert_true(is_attached("on_python_finishing", 12, 0x40));
	close(python);
	close(other);
	end();
}

/* Places that go to one program are one attachment: the two reads and the two writes return to the
 * same one. */
static int begin_tls(uint32_t shared_from)
{
	const struct symbol_row rows[] = {{"SSL_read", CODE_ADDRESS + 0x20, 4, STT_FUNC},
					  {"SSL_write", CODE_ADDRESS + 0x30, 4, STT_FUNC},
					  {"SSL_do_handshake", CODE_ADDRESS + 0x40, 4, STT_FUNC},
					  {"SSL_free", CODE_ADDRESS + 0x50, 4, STT_FUNC},
					  {0}};
	struct probe_attacher_calls calls = {NULL, attach, detach};
	struct runtime_probes_settings settings = {.libraries = tls_libraries,
						   .wanted = PROBES_ALL,
						   .shared_from = shared_from,
						   .loss = TLS_LIBRARIES_LOSS};

	log_set_level(LOG_LEVEL_ERROR);
	memset(&fake, 0, sizeof(fake));
	assert_int_equal(runtime_probes_new(&probes, &settings, find_program, NULL), 0);
	assert_int_equal(runtime_probes_set_calls(probes, &calls), 0);
	return make_file(rows);
}

static void test_places_together(void **state)
{
	int library = begin_tls(0);

	(void)state;
	for (pid_t pid = 1; pid <= 50; pid++)
		runtime_probes_consider(probes, pid, VIEW_LITERAL("/lib/libssl.so.3"), library);
	expect(6 * 50, 6 * 50);
	for (uint32_t i = 0; i < fake.attached; i++)
		assert_int_equal(fake.made[i].places,
				 strcmp(fake.made[i].program, "on_tls_return") == 0 ? 2 : 1);
	assert_true(is_attached("on_tls_return", 50, 0x20));
	runtime_probes_process_exited(probes, 50);
	expect(6 * 50, 6 * 49);
	end();
	close(library);
}

/* Where each process costs a second to leave, most share what is attached for everybody. */
static void test_shared(void **state)
{
	int library = begin_tls(3);

	(void)state;
	for (pid_t pid = 1; pid <= 50; pid++)
		runtime_probes_consider(probes, pid, VIEW_LITERAL("/lib/libssl.so.3"), library);
	expect(6 * 3, 6 * 3);
	assert_true(is_attached("on_tls_return", 2, 0x20));
	assert_true(is_attached("on_tls_return", -1, 0x20));
	assert_false(is_attached("on_tls_return", 3, 0x20));
	for (pid_t pid = 1; pid < 50; pid++)
		runtime_probes_process_exited(probes, pid);
	expect(6 * 3, 6);
	runtime_probes_process_exited(probes, 50);
	expect(6 * 3, 0);
	runtime_probes_consider(probes, 51, VIEW_LITERAL("/lib/libssl.so.3"), library);
	expect(6 * 4, 6);
	end();
	close(library);
}

static void test_table(void **state)
{
	uint32_t count = 0;

	(void)state;
	for (const struct runtime_probe_row *row = runtime_probe_table; row->name; row++) {
		count++;
		assert_non_null(row->files[0]);
		assert_non_null(row->symbols[0]);
		assert_non_null(row->program);
	}
	assert_in_range(count, 8, MAX_RUNTIME_PROBE_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processes),  cmocka_unit_test(test_forks),
		cmocka_unit_test(test_whole_host), cmocka_unit_test(test_what_is_nobodys),
		cmocka_unit_test(test_settings),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_full),       cmocka_unit_test(test_python),
		cmocka_unit_test(test_table),      cmocka_unit_test(test_places_together),
		cmocka_unit_test(test_shared),     cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
