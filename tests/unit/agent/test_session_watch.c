/*
 * What is told once a second to whom, and what is said at the end; and that a session which nobody
 * watches has nothing to say, and measures nothing. Screen, kernel and page are the test's own.
 */
#include "session_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "base/clock.h"
#include "capture/program_cost.h"
#include "capture/syscall_counter.h"
#include "captured_output.h"
#include "cmocka_test.h"
#include "function_watch.h"
#include "profile_stage.h"
#include "sample_profile.h"
#include "screen/screen.h"
#include "session_signals.h"

#define LOADER    ((struct probe_loader *)&fake)
#define SCREEN    ((struct screen *)&said)
#define PROFILE   ((struct profile_stage *)&fake.cost_ns)
#define FUNCTIONS ((struct function_watch *)&fake.told)
#define PAGE      ((struct destinations *)&fake.calls)

static struct {
	int cost_error, screen_error;
	bool is_measuring, has_begun;
	uint64_t cost_ns;
	struct syscall_count calls[20];
	uint32_t calls_count, drops_read, told, asked, shown;
	uint32_t turns_left; /* until somebody quits */
	struct screen_facts facts;
} fake;
static struct captured_output said;
static struct drops drops;
static struct settings settings;
static struct session_watch *watch;

int program_cost_begin(struct program_cost *cost, const struct probe_loader *loader)
{
	assert_ptr_equal(loader, LOADER);
	cost->stats_fd = -1;
	fake.is_measuring = !fake.cost_error;
	return fake.cost_error;
}

void program_cost_end(struct program_cost *cost)
{
	assert_int_equal(cost->stats_fd, -1);
	fake.is_measuring = false;
}

uint64_t program_cost_read_ns(const struct program_cost *cost)
{
	(void)cost;
	return fake.cost_ns;
}

uint32_t program_cost_shed(struct program_cost *cost, enum shed_step step)
{
	(void)cost;
	return step == SHED_SYSCALLS;
}

uint32_t function_watch_stop_tls(struct function_watch *functions)
{
	assert_ptr_equal(functions, FUNCTIONS);
	return 1;
}

const char *program_cost_words(enum shed_step step)
{
	return step == SHED_SYSCALLS ? "counts" : "more";
}

uint32_t syscall_counter_read(const struct probe_loader *loader,
			      struct syscall_count ret[MAX_SYSCALL_COUNTS])
{
	assert_ptr_equal(loader, LOADER);
	memcpy(ret, fake.calls, fake.calls_count * sizeof(ret[0]));
	return fake.calls_count;
}

void probe_loader_read_drops(struct probe_loader *loader, struct drops *into)
{
	assert_ptr_equal(loader, LOADER);
	assert_ptr_equal(into, &drops);
	fake.drops_read++;
}

void profile_stage_look(const struct profile_stage *stage,
			void (*visit)(void *self, const struct profile *profile), void *self)
{
	struct profile *profile = sample_profile_new(NULL);

	assert_ptr_equal(stage, PROFILE);
	visit(self, profile);
	profile_free(&profile);
}

int screen_start(struct screen *screen)
{
	assert_ptr_equal(screen, SCREEN);
	fake.has_begun = true;
	return fake.screen_error;
}

void screen_tell(struct screen *screen, const struct screen_facts *facts)
{
	assert_ptr_equal(screen, SCREEN);
	fake.facts = *facts;
	fake.told++;
}

bool screen_has_quit(const struct screen *screen)
{
	assert_ptr_equal(screen, SCREEN);
	fake.asked++;
	return fake.turns_left-- == 0;
}

struct screen *destinations_screen(const struct destinations *destinations)
{
	return destinations ? SCREEN : NULL;
}

void destinations_set_syscalls(struct destinations *destinations, const struct syscall_count *calls,
			       uint32_t count)
{
	assert_ptr_equal(destinations, PAGE);
	assert_int_equal(calls[0].number, fake.calls[0].number);
	fake.shown = count;
}

void session_signals_take(struct session_signals *signals, pid_t forward_to)
{
	assert_int_equal(forward_to, 0);
	signals->is_interrupted = fake.asked == 3;
}

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	memset(&drops, 0, sizeof(drops));
	settings = (struct settings){.command = COMMAND_ATTACH};
	captured_output_begin(&said, STDERR_FILENO);
	return 0;
}

static int end(void **state)
{
	(void)state;
	session_watch_free(&watch);
	assert_null(watch);
	assert_false(fake.is_measuring);
	return 0;
}

static void make(bool has_loader, bool has_screen, bool has_profile)
{
	struct session_watch_ground ground = {
		.settings = &settings,
		.loader = has_loader ? LOADER : NULL,
		.drops = &drops,
		.screen = has_screen ? SCREEN : NULL,
		.profile = has_profile ? PROFILE : NULL,
		.functions = has_loader ? FUNCTIONS : NULL,
	};

	assert_int_equal(session_watch_new(&watch, &ground), 0);
}

static void nobody_asked(void **state)
{
	(void)state;
	make(true, false, false);
	assert_false(fake.is_measuring);
	session_watch_begin(watch, "PID 1");
	session_watch_turn(watch, clock_monotonic_ns(), 1);
	session_watch_linger(watch, NULL);
	session_watch_report(watch, PAGE);
	session_watch_say(watch);
	session_watch_free(&watch);
	session_watch_begin(NULL, "PID 1");
	session_watch_turn(NULL, 0, 0);
	session_watch_linger(NULL, NULL);
	session_watch_report(NULL, PAGE);
	session_watch_say(NULL);
	assert_string_equal(captured_output_end(&said), "");
	assert_int_equal(drops_lost(&drops), 0);
	assert_int_equal(fake.drops_read + fake.told + fake.asked + fake.shown, 0);
}

static void who_counts_system_calls(void **state)
{
	(void)state;
	(void)captured_output_end(&said);
	assert_false(session_watch_wants_syscalls(&settings, NULL));
	assert_true(session_watch_wants_syscalls(&settings, PAGE)); /* it has a screen */
	settings.events.words.syscalls = true;
	assert_true(session_watch_wants_syscalls(&settings, NULL));
}

static void told_by_the_second(void **state)
{
	uint64_t begin_ns = clock_monotonic_ns();

	(void)state;
	fake.calls[0] = (struct syscall_count){.number = 0, .count = 3};
	fake.calls_count = 1;
	make(true, true, true);
	assert_true(fake.is_measuring);
	assert_int_equal(fake.told, 0);
	session_watch_begin(watch, "PID 4711 (shop)");
	assert_true(fake.has_begun);
	assert_int_equal(fake.told, 1);
	assert_string_equal(fake.facts.whom, "PID 4711 (shop)");
	assert_true(fake.facts.cost_percent < 0); /* not known yet */
	fake.cost_ns = 30 * NS_PER_MS;
	session_watch_turn(watch, begin_ns + 3 * NS_PER_S, 5);
	assert_int_equal(fake.told, 2);
	assert_int_equal(fake.drops_read, 2);
	assert_int_equal(fake.facts.processes_count, 5);
	assert_true(fake.facts.cost_percent > 0.99 && fake.facts.cost_percent < 1.01);
	assert_true(fake.facts.has_syscalls);
	assert_int_equal(fake.facts.syscalls_count, 1);
	assert_int_equal(fake.facts.syscalls[0].count, 3);
#if defined(__x86_64__)
	assert_string_equal(fake.facts.syscalls[0].name, "read");
#endif
	assert_true(fake.facts.has_profile);
	assert_int_equal(fake.facts.samples_count, 13);
	assert_string_equal(fake.facts.functions[0].name, "parse");
	assert_int_equal(fake.facts.functions[0].self_count, 7);
	assert_false(fake.facts.is_over);
	session_watch_turn(watch, begin_ns + 4 * NS_PER_S - 1, 6);
	assert_int_equal(fake.told, 2);
	session_watch_turn(watch, begin_ns + 4 * NS_PER_S, 6);
	assert_int_equal(fake.told, 3);
	session_watch_report(watch, PAGE);
	assert_int_equal(fake.shown, 1);
	assert_string_equal(captured_output_end(&said), "");
}

static void a_terminal_that_cannot_be_had(void **state)
{
	(void)state;
	fake.screen_error = -EIO;
	fake.cost_error = -EPERM; /* a screen shows no cost then, and that is all */
	make(true, true, false);
	session_watch_begin(watch, "PID 1");
	assert_true(fake.facts.cost_percent < 0);
	assert_false(fake.facts.has_profile);
	assert_string_equal(captured_output_end(&said),
			    "limpet: warning: cannot take the terminal; --plain does without\n");
}

/* Nothing is measured of a recording. */
static void a_replay_on_a_screen(void **state)
{
	(void)state;
	make(false, true, false);
	session_watch_begin(watch, "a recording");
	assert_int_equal(fake.told, 1);
	assert_int_equal(fake.drops_read, 0);
	assert_false(fake.facts.has_syscalls);
	assert_string_equal(captured_output_end(&said), "");
}

static void until_somebody_has_had_enough(void **state)
{
	struct session_signals signals = {.fd = open("/dev/null", O_RDONLY | O_CLOEXEC)};

	(void)state;
	make(true, true, false);
	fake.turns_left = 2;
	session_watch_linger(watch, &signals);
	assert_int_equal(fake.asked, 3);
	assert_true(fake.facts.is_over);
	assert_int_equal(fake.told, 1);
	fake.asked = 0;
	fake.turns_left = 100;
	session_watch_linger(watch, &signals); /* Ctrl-C, seen when it is asked for the next time */
	assert_int_equal(fake.asked, 4);
	(void)close(signals.fd);
	assert_string_equal(captured_output_end(&said), "");
}

static void a_kernel_that_does_not_measure(void **state)
{
	(void)state;
	settings.capture.max_overhead = 1;
	fake.cost_error = -EPERM;
	make(true, false, false);
	session_watch_say(watch);
	assert_string_equal(captured_output_end(&said),
			    "limpet: warning: max-overhead: this kernel does not tell what "
			    "programs cost (Operation not permitted), so nothing is held back; "
			    "it takes Linux 5.8 and CAP_SYS_ADMIN\n");
}

static void too_much(void **state)
{
	uint64_t begin_ns = clock_monotonic_ns();

	(void)state;
	settings.capture.max_overhead = 1;
	make(true, false, false);
	for (uint64_t second = 1; second <= 2; second++) {
		fake.cost_ns += 2 * NS_PER_S;
		session_watch_turn(watch, begin_ns + second * 2 * NS_PER_S, 1);
	}
	assert_int_equal(drops_get(&drops, DROP_OVERHEAD_SHED), 1);
	assert_non_null(strstr(captured_output_end(&said), "no longer seen: counts\n"));
	/* No program goes with the last step, but what watches TLS. */
	captured_output_begin(&said, STDERR_FILENO);
	for (uint64_t second = 3; second <= 6; second++) {
		fake.cost_ns += 2 * NS_PER_S;
		session_watch_turn(watch, begin_ns + second * 2 * NS_PER_S, 1);
	}
	assert_int_equal(drops_get(&drops, DROP_OVERHEAD_SHED), 2);
	assert_non_null(strstr(captured_output_end(&said), "no longer seen: more\n"));
}

static void last_words(void **state)
{
	(void)state;
	settings.events.words.syscalls = true;
	for (uint32_t i = 0; i < 17; i++)
		fake.calls[i] = (struct syscall_count){
			.number = 100000 + i, .count = 1 + i, .total_ns = 1000};
	fake.calls[0] = (struct syscall_count){
		.number = 100000,
		.count = 1234567,
		.errors_count = 14,
		.total_ns = 9880000000,
		.errors = {{EPIPE, 9}, {EAGAIN, 3}, {4000, 2}},
	};
	fake.calls_count = 17;
	make(true, false, false);
	session_watch_say(watch);
	(void)captured_output_end(&said);
	assert_memory_equal(said.text,
			    "limpet: system call of no name: 1234567 in 9.880000 s, 14 failed: "
			    "EPIPE 9, EAGAIN 3, 4000 2\n"
			    "limpet: system call of no name: 2 in 0.000001 s\n",
			    140);
	assert_non_null(strstr(said.text, "limpet: system call of no name: 15 in 0.000001 s\n"
					  "limpet: and 2 more system calls, which took less\n"));
	fake.calls_count = 1;
	captured_output_begin(&said, STDERR_FILENO);
	for (int i = 0; i < MAX_SYSCALL_ERRORS; i++)
		fake.calls[0].errors[i] = (struct syscall_error){EPROTONOSUPPORT, UINT64_MAX};
	session_watch_say(watch);
	assert_non_null(strstr(captured_output_end(&said),
			       "EPROTONOSUPPORT 18446744073709551615, EPROTONOSUPPORT "
			       "18446744073709551615, EPROTONOSUPPORT 18446744073709551615, "
			       "EPROTONOSUPPORT 18446744073709551615\n"));
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		one_test(nobody_asked),
		one_test(who_counts_system_calls),
		one_test(told_by_the_second),
		one_test(a_terminal_that_cannot_be_had),
		one_test(a_replay_on_a_screen),
		one_test(until_somebody_has_had_enough),
		one_test(a_kernel_that_does_not_measure),
		one_test(too_much),
		one_test(last_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
