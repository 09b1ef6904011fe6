/* Programs and forks that the kernel tells of before anything is decided about them: nothing of the
 * processes is left in /proc. */
#include "discovery_fixture.h"

#define RULES                                                                                      \
	"ignore executable=sshd,sh; trace user=1001; trace label=app=web; ignore executable=cron"

static int begin(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 10, "sshd", 1, "/usr/sbin/sshd", 0);
	begin_with(RULES, 64);
	return 0;
}

static bool sees_crash(uint32_t tgid, uint64_t time_ns)
{
	struct crash_thread_record record = {.tgid = tgid};
	struct event event = {
		.kind = RECORD_CRASH_THREAD, .time_ns = time_ns, .crash_thread = &record};

	return discovery_takes(discovery, &event);
}

/* The ring of crashes is read first; nothing of the processes is left in /proc. */
static void programs_that_crash_at_once(void **state)
{
	(void)state;
	for (uint32_t tgid = 1000; tgid < 1100; tgid += 2) {
		will_begin(tgid, 10, NULL, tgid * 10);
		will_begin(tgid, 0, "/opt/dies", tgid * 10 + 1);
		will_begin(tgid + 1, 0, "/usr/sbin/sshd", tgid * 10 + 1);
		assert_true(sees_crash(tgid, tgid * 10 + 5));
		assert_false(sees_crash(tgid + 1, tgid * 10 + 5));
		told[0] = '\0';
		/* The same, as the ring of traffic says it later. */
		assert_true(sees_fork(10, tgid, tgid * 10));
		assert_true(sees_exec(tgid, tgid * 10 + 1));
		assert_false(sees_exec(tgid + 1, tgid * 10 + 1));
		told[0] = '\0';
		assert_true(sees_crash(tgid, tgid * 10 + 6));
		assert_false(sees_crash(tgid + 1, tgid * 10 + 6));
		expect("");
	}
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 0);
}

/* What was decided about the program before does not hold for the one that crashes. */
static void from_one_program_to_another(void **state)
{
	(void)state;
	discovery_free(&discovery);
	begin_with("ignore executable=sshd", 64);
	(void)sees_segment(10, 5);
	expect("-10 ");
	will_begin(80, 10, NULL, 20);
	will_begin(80, 0, "/opt/dies", 21);
	assert_true(sees_crash(80, 22));
	expect("-80 +80(-) ");
	will_begin(80, 0, "/usr/sbin/sshd", 31);
	assert_false(sees_crash(80, 32));
	expect("-80(+) ");
	assert_true(sees_beginning(&(struct beginning){10, 0, "/late", 4}) == false);
	expect(""); /* older than what was decided on */
	assert_false(sees_segment(80, 33));
	/* A program the ring had no room for. */
	assert_true(sees_exec(80, 40));
	expect("forget 80 ");
}

/* It executes nothing, and is gone: what its parent is, whose fork is read first here, too. */
static void children_that_crash_at_once(void **state)
{
	(void)state;
	discovery_free(&discovery);
	begin_with("trace executable=own; ignore", 64);
	will_begin(90, 0, "/opt/own", 20);
	will_begin(91, 90, NULL, 21);
	assert_true(sees_crash(91, 22));
	will_begin(92, 0, "/opt/other", 30);
	will_begin(93, 92, NULL, 31);
	assert_false(sees_crash(93, 32));
	/* The parent goes on as another program before its fork is read the second time. */
	will_begin(90, 0, "/opt/other", 40);
	assert_false(sees_crash(90, 41));
	assert_true(sees_fork(90, 91, 21));
	assert_true(sees_crash(91, 42));
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 0);
}

/* A program told of when it falls: whoever knows nothing of it learns enough; else nothing changes,
 * whatever is known of it by now. */
static void told_of_when_they_fall(void **state)
{
	struct process_began_record *record = calloc(1, sizeof(*record) + 32);
	struct event event = {.kind = RECORD_PROCESS_BEGAN, .time_ns = 50, .began = record};

	(void)state;
	record->is_dying = 1;
	record->tgid = 60;
	event.bytes = view_of_text("/opt/dies");
	assert_false(discovery_takes(discovery, &event));
	assert_true(sees_crash(60, 51));
	record->tgid = 61;
	event.bytes = view_of_text("/usr/sbin/sshd");
	assert_false(discovery_takes(discovery, &event));
	assert_false(sees_crash(61, 51));
	/* This one was decided about while it lived. */
	assert_false(sees_segment(10, 45));
	told[0] = '\0';
	record->tgid = 10;
	event.bytes = view_of_text("/opt/dies");
	assert_false(discovery_takes(discovery, &event));
	expect("");
	assert_false(sees_crash(10, 51));
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 0);
	free(record);
}

/* Perf's word about a program comes before the kernel's or after it: it is one program. */
static void told_by_both(void **state)
{
	(void)state;
	assert_true(sees_image(IMAGE_EXEC, 70, "", 1000));
	will_begin(70, 0, "/bin/sh", 1005);
	assert_false(sees_crash(70, 1010));
	expect("-70 ");
	assert_false(sees_image(IMAGE_MAPPED, 70, "/bin/sh", 1001));
	assert_false(sees_exec(70, 1005));
	expect("-70(-) ");
	will_begin(71, 0, "/bin/sh", 1005);
	assert_false(sees_crash(71, 1010));
	assert_false(sees_image(IMAGE_EXEC, 71, "", 1000));
	assert_false(sees_image(IMAGE_MAPPED, 71, "/opt/of-before", 1001));
	assert_false(sees_segment(71, 1011));
	expect("-71 ");
}

/* Records were lost, so all is decided anew; by other rules nobody answers for the dead. */
static void decided_anew_when_it_is_gone(void **state)
{
	struct discovery_settings other = {.rules = "trace executable=own; ignore user=7"};

	(void)state;
	discovery_free(&discovery);
	begin_with("trace executable=own; ignore", 64);
	will_begin(90, 0, "/opt/own", 20);
	assert_true(sees_crash(90, 22));
	expect("+90 ");
	discovery_records_lost(discovery);
	discovery_tick(discovery, 1);
	discovery_facts_changed(discovery, 90);
	assert_true(sees_crash(90, 23));
	expect("");
	assert_int_equal(discovery_set_rules(discovery, &other), 0);
	assert_false(sees_crash(90, 24));
	expect("heed -90?(+) ");
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 1);
	assert_false(sees_crash(90, 25)); /* once per process */
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 1);
}

/* Whoever is looked at and gone is no loss, before something of it is left out. */
static void looked_at_in_vain(void **state)
{
	(void)state;
	assert_true(discovery_names_executables(discovery));
	assert_false(discovery_traces(discovery, 4711));
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 0);
	assert_false(sees_segment(4711, 5));
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 1);
	discovery_free(&discovery);
	begin_with("ignore user=7", 64);
	assert_false(discovery_names_executables(discovery));
	will_begin(90, 0, "/opt/own", 20);
	(void)sees_crash(90, 22);
	assert_int_equal(beginnings_count, 1); /* nobody asked */
}

/* Where more than the path is asked for, /proc is read: not for any number of programs. */
static void very_many_that_ask_for_more(void **state)
{
	(void)state;
	discovery_free(&discovery);
	begin_with("ignore executable=x user=root", 4096);
	fake_proc_add(&fake, 30, "x", 1, "/x", 0);
	for (uint64_t i = 1; i <= 1001; i++) {
		(void)sees_beginning(&(struct beginning){30, 0, "/x", i});
		expect(i == 1 ? "-30 " : i <= 1000 ? "-30(-) " : "forget 30 ");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(programs_that_crash_at_once, begin, end_discovery),
		cmocka_unit_test_setup_teardown(from_one_program_to_another, begin, end_discovery),
		cmocka_unit_test_setup_teardown(children_that_crash_at_once, begin, end_discovery),
		cmocka_unit_test_setup_teardown(told_by_both, begin, end_discovery),
		cmocka_unit_test_setup_teardown(told_of_when_they_fall, begin, end_discovery),
		cmocka_unit_test_setup_teardown(decided_anew_when_it_is_gone, begin, end_discovery),
		cmocka_unit_test_setup_teardown(looked_at_in_vain, begin, end_discovery),
		cmocka_unit_test_setup_teardown(very_many_that_ask_for_more, begin, end_discovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
