/* From a report to a crash of its own, or into that of the process that died of it. */
#include "exceptions/exception_builder.h"

#include "cmocka_test.h"
#include "made_report.h"

#define MS   1000000ull
#define T0   (20000 * MS)
#define TGID 500

static struct identity_settings identity;
static struct process_table *processes;
static struct process_scene scene;
static struct pending_exception pending;
static struct drops drops;
static struct crash *crash;

static int begin(void **state)
{
	(void)state;
	memset(&scene, 0, sizeof(scene));
	crash = NULL;
	pending = (struct pending_exception){
		.place = {.tgid = TGID, .tid = TGID + 1, .time_ns = T0},
		.report = made_python_report(MANNER_PRINTED),
		.whole_ns = T0 + MS,
	};
	assert_int_equal(process_table_new(&processes, &identity, 8, &drops), 0);
	process_table_set_reads_proc(processes, false);
	process_table_exec(processes, TGID, "shop");
	return 0;
}

static int end(void **state)
{
	(void)state;
	pending_exception_done(&pending);
	crash_free(&crash);
	process_table_free(&processes);
	return 0;
}

static void build(void)
{
	assert_int_equal(exception_builder_begin(&crash, &pending, processes, 1000, 2000), 0);
	assert_int_equal(exception_builder_fill(crash, &pending, &scene), 0);
}

static void test_a_crash_of_its_own(void **state)
{
	const struct exception *raised;

	(void)state;
	pending.report->text = VIEW_LITERAL("as printed");
	pending.report->logger = VIEW_LITERAL("shop.orders");
	pending.report->log_message = VIEW_LITERAL("order 17 failed");
	pending.report->thread_name = VIEW_LITERAL("worker-1");
	pending.report->thread_id = 17;
	build();
	/* Nothing of the report is borrowed. */
	pending_exception_done(&pending);
	raised = crash->exceptions;
	assert_int_equal(crash->kind, CRASH_EXCEPTION);
	assert_int_equal(crash->unix_ns, T0 + 1000);
	assert_int_equal(crash->pid, TGID);
	assert_int_equal(crash->tid, TGID + 1);
	assert_view(crash->process_name, "shop");
	assert_int_equal(crash->signal, 0);
	assert_int_equal(crash->language, LANGUAGE_PYTHON);
	assert_view(crash->type, "ValueError");
	assert_view(crash->cause, "no stock");
	assert_string_equal(crash->exception_source, "output");
	assert_int_equal(crash->exceptions_count, 1);
	assert_view(raised->type, "ValueError");
	assert_view(raised->value, "no stock");
	assert_int_equal(raised->parent, NO_PARENT);
	assert_int_equal(raised->frames_count, 1);
	assert_view(raised->frames[0].function, "total");
	assert_view(raised->frames[0].file, "/srv/shop.py");
	assert_int_equal(raised->frames[0].line, 7);
	assert_view(crash->exception_text, "as printed");
	assert_view(crash->logger, "shop.orders");
	assert_view(crash->log_message, "order 17 failed");
	assert_view(crash->exception_thread_name, "worker-1");
	assert_int_equal(crash->exception_thread_id, 17);
	assert_int_equal(crash->threads_count, 1);
	assert_int_equal(crash->threads[0].tid, TGID + 1);
	assert_view(crash->threads[0].name, "worker-1");
	assert_true(crash->threads[0].is_crashed);
	assert_false(crash->threads[0].is_main);
	assert_false(crash->is_loss);
}

static void assert_judged(enum exception_manner manner, uint64_t death_ns, enum crash_level level,
			  bool is_handled, const char *mechanism)
{
	pending.report->manner = manner;
	pending.death_ns = death_ns;
	build();
	assert_int_equal(crash->level, level);
	assert_int_equal(crash->is_handled, is_handled);
	assert_string_equal(crash->mechanism, mechanism);
	crash_free(&crash);
}

static void test_who_handled_it(void **state)
{
	(void)state;
	assert_judged(MANNER_PRINTED, 0, LEVEL_ERROR, true, "logging");
	assert_judged(MANNER_LOGGED, 0, LEVEL_ERROR, true, "logging");
	assert_judged(MANNER_LOGGED, T0, LEVEL_ERROR, true, "logging");
	assert_judged(MANNER_UNCAUGHT, 0, LEVEL_ERROR, false, "excepthook");
	assert_judged(MANNER_PRINTED, T0, LEVEL_FATAL, false, "excepthook");
	assert_judged(MANNER_UNCAUGHT, T0, LEVEL_FATAL, false, "excepthook");
	/* What a parser takes for the runtime's own word, until the process lives on. */
	pending.report->mechanism = "excepthook";
	assert_judged(MANNER_PRINTED, 0, LEVEL_ERROR, true, "logging");
	assert_judged(MANNER_PRINTED, T0, LEVEL_FATAL, false, "excepthook");
	pending.report->mechanism = "threading";
	assert_judged(MANNER_THREAD, 0, LEVEL_ERROR, false, "threading");
	assert_judged(MANNER_UNOBSERVED, 0, LEVEL_ERROR, false, "threading");
}

static void test_who_told(void **state)
{
	(void)state;
	pending.is_alone = true;
	build();
	assert_string_equal(crash->exception_source, "probe");
	crash_free(&crash);
	pending.is_confirmed = true;
	build();
	assert_string_equal(crash->exception_source, "output+probe");
}

static void test_a_chain_and_threads(void **state)
{
	struct exception_thread *thread = traceback_add_thread(pending.report);
	struct exception *cause =
		made_report_add(pending.report, RELATION_CAUSE, 0, "KeyError", "");

	(void)state;
	thread->id = 3;
	thread->name = VIEW_LITERAL("main");
	thread->state = VIEW_LITERAL("chan receive");
	cause->left_out = 12;
	made_report_frame(pending.report, cause, "/srv/cause.py", 9);
	build();
	pending_exception_done(&pending);
	assert_int_equal(crash->exceptions_count, 2);
	assert_view(crash->exceptions[1].type, "KeyError");
	assert_int_equal(crash->exceptions[1].value.size, 0);
	assert_int_equal(crash->exceptions[1].relation, RELATION_CAUSE);
	assert_int_equal(crash->exceptions[1].parent, 0);
	assert_int_equal(crash->exceptions[1].left_out, 12);
	assert_view(crash->exceptions[1].frames[0].file, "/srv/cause.py");
	assert_int_equal(crash->exception_threads_count, 1);
	assert_int_equal(crash->exception_threads[0].id, 3);
	assert_view(crash->exception_threads[0].state, "chan receive");
	assert_int_equal(crash->exception_threads[0].frames_count, 0);
}

static void test_the_runtime(void **state)
{
	(void)state;
	pending.report->runtime_version = VIEW_LITERAL("v20.20.2");
	build();
	assert_int_equal(crash->runtime_name.size, 0);
	assert_view(crash->runtime_version, "v20.20.2");
	crash_free(&crash);
	strcpy(scene.version.name, "CPython");
	strcpy(scene.version.version, "3.11.2");
	build();
	assert_view(crash->runtime_name, "CPython");
	assert_view(crash->runtime_version, "3.11.2");
}

/* What the crash knows of its end stays; the exception says what it was about. */
static void test_into_another_crash(void **state)
{
	struct resource *resource = process_table_resource(processes, TGID);

	(void)state;
	assert_int_equal(crash_new(&crash, resource), 0);
	crash->kind = CRASH_SIGNAL;
	crash->signal = 6;
	crash->signal_name = "SIGABRT";
	crash->type = VIEW_LITERAL("SIGABRT");
	crash->fingerprint_count = 2;
	pending.death_ns = T0 + MS;
	pending.report->is_truncated = true;
	assert_int_equal(exception_builder_fill(crash, &pending, &scene), 0);
	assert_int_equal(crash->kind, CRASH_EXCEPTION);
	assert_int_equal(crash->signal, 6);
	assert_view(crash->type, "ValueError");
	assert_int_equal(crash->fingerprint_count, 0);
	assert_int_equal(crash->level, LEVEL_FATAL);
	assert_true(crash->is_loss);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_crash_of_its_own), CASE(test_who_handled_it),
		CASE(test_who_told),           CASE(test_a_chain_and_threads),
		CASE(test_the_runtime),        CASE(test_into_another_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
