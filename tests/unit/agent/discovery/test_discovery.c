/* Decisions over the life of processes: first sight, forks, programs, records out of order, facts
 * that come late, rules that change. */
#include "discovery/discovery.h"

#include "base/clock.h"
#include "discovery_fixture.h"

#define RULES                                                                                      \
	"ignore executable=sshd,sh; trace user=1001; trace label=app=web; ignore executable=cron"

static int begin(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 10, "sshd", 1, "/usr/sbin/sshd", 0);
	fake_proc_add(&fake, 11, "web", 1, "/opt/web", 1001);
	fake_proc_add(&fake, 12, "cron", 1, "/usr/sbin/cron", 0);
	begin_with(RULES, 64);
	return 0;
}

static void at_first_sight(void **state)
{
	struct discovery_counts counts;

	(void)state;
	expect("");
	assert_false(sees_segment(10, 5));
	assert_true(sees_segment(11, 5));
	expect("-10 +11 ");
	assert_false(sees_segment(10, 6));
	assert_true(sees_segment(11, 6));
	expect("");
	assert_true(discovery_ignores(discovery, 10));
	assert_false(discovery_ignores(discovery, 11));
	assert_false(discovery_ignores(discovery, 12));
	assert_false(discovery_traces(discovery, 12));
	counts = discovery_count(discovery);
	assert_int_equal(counts.traced, 1);
	assert_int_equal(counts.ignored, 2);
}

/* What is light decides nothing. */
static void an_end(void **state)
{
	struct process_exit_record record = {.tgid = 10};
	struct event event = {.kind = RECORD_PROCESS_EXIT, .time_ns = 9, .exit = &record};

	(void)state;
	assert_true(discovery_takes(discovery, &event));
	expect("");
	(void)sees_segment(10, 5);
	assert_false(discovery_takes(discovery, &event));
}

static void children(void **state)
{
	(void)state;
	(void)sees_segment(10, 5);
	(void)sees_segment(11, 5);
	expect("-10 +11 ");
	assert_false(sees_fork(10, 20, 6));
	assert_true(sees_fork(11, 21, 6));
	expect("-20 ");
	assert_false(sees_segment(20, 7));
	assert_true(sees_segment(21, 7));
	expect("");
	/* A child of nobody decided about is decided about by itself; its id may have had another
	 * life. */
	assert_true(sees_fork(999, 20, 8));
	fake_proc_add(&fake, 20, "x", 1, "/opt/x", 1001);
	assert_true(sees_segment(20, 9));
	expect("+20 ");
}

static void another_program(void **state)
{
	(void)state;
	(void)sees_segment(10, 5);
	expect("-10 ");
	fake_proc_remove(&fake, 10);
	fake_proc_add(&fake, 10, "web", 1, "/opt/web", 1001);
	assert_true(sees_exec(10, 50));
	expect("forget 10 ");
	assert_true(sees_segment(10, 51));
	expect("+10 ");
}

/* perf's rings are read first: the program is decided about by the path of its first mapping, even
 * if it is gone; the record of its exec comes later and confirms it. */
static void a_program_that_lived_for_a_moment(void **state)
{
	(void)state;
	assert_true(sees_image(IMAGE_EXEC, 70, "", 1000));
	assert_true(sees_image(IMAGE_MAPPED, 70, "[vdso]", 1001));
	expect("");
	assert_false(sees_image(IMAGE_MAPPED, 70, "/bin/sh", 1001));
	expect("-70 ");
	assert_false(sees_image(IMAGE_MAPPED, 70, "/lib/ld.so", 1002));
	assert_false(sees_segment(70, 1500));
	assert_false(sees_exec(70, 1003));
	expect("-70(-) "); /* the kernel forgot at exec */
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 0);
	/* A fork and an exec from before, read late, change nothing. */
	assert_false(sees_fork(999, 70, 900));
	assert_false(sees_exec(70, 950));
	/* The next program in that process, of which perf told nothing. */
	assert_true(sees_exec(70, 5000000000));
	expect("-70(-) forget 70 ");
}

static void gone_before_it_could_be_asked(void **state)
{
	(void)state;
	assert_false(sees_segment(4711, 5));
	expect("-4711? ");
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 1);
	/* A program's name is enough where no rule asks for more. */
	assert_true(sees_image(IMAGE_EXEC, 71, "", 10));
	assert_false(sees_image(IMAGE_MAPPED, 71, "/usr/sbin/cron", 11));
	assert_true(sees_image(IMAGE_EXEC, 72, "", 10));
	assert_true(sees_image(IMAGE_MAPPED, 72, "/opt/other", 11));
	assert_true(sees_image(IMAGE_FORK, 73, "", 12));
}

/* Beyond a bound, programs wait until something comes of them. */
static void very_many_programs(void **state)
{
	(void)state;
	discovery_free(&discovery);
	begin_with("ignore executable=x", 4096);
	for (uint32_t pid = 1; pid <= 1001; pid++) {
		assert_true(sees_image(IMAGE_EXEC, pid, "", 10));
		assert_int_equal(sees_image(IMAGE_MAPPED, pid, "/x", 11), pid > 1000);
		told[0] = '\0';
	}
	discovery_tick(discovery, 2 * NS_PER_S);
	assert_true(sees_image(IMAGE_EXEC, 2000, "", 10));
	assert_false(sees_image(IMAGE_MAPPED, 2000, "/x", 11));
	expect("-2000 ");
}

static const char *label;

static void read_labels(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	(void)self;
	if (field != DISCOVERY_LABEL || facts->tgid != 30)
		return;
	if (!label) {
		facts->awaited |= 1u << field;
		return;
	}
	facts->labels = view_of(label, strlen(label) + 1);
	facts->known |= 1u << field;
}

static const char cgroup[] =
	"0::/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n";

static void facts_that_come_late(void **state)
{
	struct discovery_fact_source source = {NULL, read_labels, false};

	(void)state;
	discovery_free(&discovery);
	begin_with("trace label=app=web; ignore", 64);
	assert_int_equal(discovery_add_source(discovery, &source), 0);
	fake_proc_add(&fake, 30, "pod", 1, "/app", 0);
	fake_proc_file(&fake, 30, "cgroup", cgroup, sizeof(cgroup) - 1);
	label = NULL;
	assert_false(sees_segment(30, 5));
	expect("-30? "); /* not for the kernel yet: its children must be seen */
	assert_false(sees_segment(30, 6));
	expect("");
	label = "app=web";
	discovery_facts_changed(discovery, 30);
	expect("+30(-) ");
	assert_true(sees_segment(30, 7));
	label = "app=db";
	discovery_facts_changed(discovery, 30);
	expect("-30(+) ");
	assert_false(sees_segment(30, 8));
}

static enum discovery_wish wish;

static void read_wish(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	(void)self, (void)field;
	facts->wish = wish;
}

static void a_pods_wish_without_rules(void **state)
{
	struct discovery_fact_source source = {NULL, read_wish, true};

	(void)state;
	discovery_free(&discovery);
	begin_with(NULL, 64);
	assert_int_equal(discovery_add_source(discovery, &source), 0);
	assert_true(sees_segment(10, 5));
	expect("");
	wish = WISH_IGNORE;
	discovery_facts_changed(discovery, 10);
	expect("-10 ");
	assert_false(sees_segment(10, 6));
	assert_false(sees_fork(10, 99, 7));
	assert_true(sees_segment(11, 6));
	wish = WISH_NONE;
	discovery_facts_changed(discovery, 10);
	expect("-99 +10(-) ");
}

static void ours(void **state)
{
	(void)state;
	discovery_exclude(discovery, 11);
	assert_false(sees_segment(11, 5));
	assert_false(sees_exec(11, 6));
	assert_false(sees_segment(11, UINT64_MAX));
	discovery_facts_changed(discovery, 11);
	assert_false(sees_image(IMAGE_EXEC, 11, "", 7));
	assert_true(discovery_ignores(discovery, 11));
	expect("");
}

/* What goes on being seen though the kernel was told to ignore it is not what was decided about. */
static void a_stray(void **state)
{
	(void)state;
	(void)sees_segment(10, 5);
	expect("-10 ");
	assert_false(sees_segment(10, clock_monotonic_ns()));
	expect("");
	fake_proc_remove(&fake, 10);
	fake_proc_add(&fake, 10, "web", 1, "/opt/web", 1001);
	assert_true(sees_segment(10, clock_monotonic_ns() + 2 * NS_PER_S));
	expect("+10(-) ");
}

static void new_rules(void **state)
{
	struct discovery_settings wrong = {.rules = "nonsense"},
				  right = {.rules = "ignore user=1001"};

	(void)state;
	(void)sees_segment(10, 5);
	(void)sees_segment(11, 5);
	expect("-10 +11 ");
	assert_int_equal(discovery_set_rules(discovery, &wrong), -22);
	expect("");
	assert_int_equal(discovery_set_rules(discovery, &right), 0);
	expect("heed ");
	assert_true(sees_segment(10, 6)); /* at once */
	expect("+10(-) ");
	discovery_tick(discovery, 1); /* the rest by and by */
	expect("-11(+) ");
	discovery_tick(discovery, 2);
	expect("");
}

static void records_were_lost(void **state)
{
	(void)state;
	(void)sees_segment(11, 5);
	expect("+11 ");
	fake_proc_remove(&fake, 11);
	fake_proc_add(&fake, 11, "sshd", 1, "/usr/sbin/sshd", 0);
	assert_true(sees_segment(11, 6));
	discovery_records_lost(discovery);
	assert_false(sees_segment(11, 7));
	expect("-11(+) ");
}

static void coming_of_age(void **state)
{
	(void)state;
	discovery_free(&discovery);
	begin_with("trace min_age=2s user=1001; ignore", 64);
	fake_proc_remove(&fake, 11);
	/* Begins when the machine has been up for ten thousand years. */
	fake_proc_add(&fake, 11, "web", 31536000000000ul / 1000, "/opt/web", 1001);
	assert_false(sees_segment(11, 5));
	expect("-11? ");
	fake_proc_remove(&fake, 11);
	fake_proc_add(&fake, 11, "web", 1, "/opt/web", 1001);
	discovery_tick(discovery, clock_monotonic_ns() + NS_PER_S);
	expect("");
	discovery_tick(discovery, clock_monotonic_ns() + 3 * NS_PER_S);
	expect("+11(-) ");
	discovery_tick(discovery, clock_monotonic_ns() + 6 * NS_PER_S);
	expect("");
}

static void a_full_table(void **state)
{
	(void)state;
	discovery_free(&discovery);
	begin_with("ignore executable=sshd; trace", 1);
	for (int pid = 100; pid < 106; pid++) {
		fake_proc_add(&fake, pid, "x", 1, pid % 2 ? "/x" : "/sshd", 0);
		assert_int_equal(sees_segment((uint32_t)pid, 5), pid % 2);
	}
	expect("-100 +101 -102 +103 -104 forget 100 +105 ");
	assert_false(sees_segment(100, 6)); /* decided anew; +101 goes without a word */
	expect("-100 ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(at_first_sight, begin, end_discovery),
		cmocka_unit_test_setup_teardown(an_end, begin, end_discovery),
		cmocka_unit_test_setup_teardown(children, begin, end_discovery),
		cmocka_unit_test_setup_teardown(another_program, begin, end_discovery),
		cmocka_unit_test_setup_teardown(a_program_that_lived_for_a_moment, begin,
						end_discovery),
		cmocka_unit_test_setup_teardown(gone_before_it_could_be_asked, begin,
						end_discovery),
		cmocka_unit_test_setup_teardown(very_many_programs, begin, end_discovery),
		cmocka_unit_test_setup_teardown(facts_that_come_late, begin, end_discovery),
		cmocka_unit_test_setup_teardown(a_pods_wish_without_rules, begin, end_discovery),
		cmocka_unit_test_setup_teardown(ours, begin, end_discovery),
		cmocka_unit_test_setup_teardown(a_stray, begin, end_discovery),
		cmocka_unit_test_setup_teardown(new_rules, begin, end_discovery),
		cmocka_unit_test_setup_teardown(records_were_lost, begin, end_discovery),
		cmocka_unit_test_setup_teardown(coming_of_age, begin, end_discovery),
		cmocka_unit_test_setup_teardown(a_full_table, begin, end_discovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
