/*
 * Who is told what: of language runtimes at once, of TLS only from an age on, and all of it of the
 * command that `run` starts. Its neighbours (what attaches, reads maps and loads) are this test's.
 */
#include "function_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "capture/command_probes.h"
#include "capture/kernel_features.h"
#include "capture/runtime_probes.h"
#include "capture/tls_libraries.h"
#include "cmocka_test.h"

/* What one of the two, runtimes or TLS, was told. */
struct runtime_probes {
	struct runtime_probes_settings settings;
	bool has_fact;
	uint32_t considered, forked, exited, commands, stopped;
	pid_t last;
	char path[128];
};

static struct runtime_probes *runtimes, *tls;
static uint32_t made, maps_read;
static int refusal; /* of the second to be made */
static pid_t maps_of;
static bool is_deadly, has_multi;
static struct settings settings;
static struct function_watch *watch;

int runtime_probes_new(struct runtime_probes **ret, const struct runtime_probes_settings *wanted,
		       struct bpf_program *(*find_program)(void *self, const char *name),
		       void *self)
{
	assert_ptr_equal(find_program, probe_loader_find_program);
	assert_ptr_equal(self, &made);
	if (made > 0 && refusal)
		return refusal;
	*ret = calloc(1, sizeof(**ret));
	(*ret)->settings = *wanted;
	*(wanted->libraries == tls_libraries ? &tls : &runtimes) = *ret;
	made++;
	return 0;
}

void runtime_probes_free(struct runtime_probes **probes)
{
	made -= *probes != NULL;
	free(*probes);
	*probes = NULL;
}

void runtime_probes_on_fact(struct runtime_probes *probes,
			    void (*on_fact)(void *self, pid_t tgid, enum runtime_fact kind,
					    int fact),
			    void *self)
{
	assert_ptr_equal(on_fact, probe_loader_set_fact);
	assert_ptr_equal(self, &made);
	probes->has_fact = true;
}

void runtime_probes_consider(struct runtime_probes *probes, pid_t tgid, struct view path, int fd)
{
	if (!probes)
		return;
	(void)fd;
	probes->considered++;
	probes->last = tgid;
	(void)snprintf(probes->path, sizeof(probes->path), "%.*s", VIEW_FORMAT(path));
}

bool runtime_probes_wants(const struct runtime_probes *probes, struct view path)
{
	return probes && view_ends_with(path, VIEW_LITERAL("libssl.so.3"));
}

void runtime_probes_process_forked(struct runtime_probes *probes, pid_t parent, pid_t child)
{
	assert_int_equal(parent, 50);
	if (probes) {
		probes->forked++;
		probes->last = child;
	}
}

void runtime_probes_process_exited(struct runtime_probes *probes, pid_t tgid)
{
	if (probes) {
		probes->exited++;
		probes->last = tgid;
	}
}

uint32_t runtime_probes_stop(struct runtime_probes *probes)
{
	probes->stopped++;
	return 7;
}

void command_probes_attach(struct runtime_probes *probes, pid_t pid, const char *command)
{
	assert_string_equal(command, "curl");
	probes->commands++;
	probes->last = pid;
}

void map_reading_one(struct pipeline *pipeline, pid_t tgid)
{
	assert_ptr_equal(pipeline, (struct pipeline *)&maps_read);
	maps_read++;
	maps_of = tgid;
}

bool kernel_features_try_uprobe_multi(void)
{
	return has_multi;
}

bool kernel_features_return_probe_kills(void)
{
	return is_deadly;
}

struct bpf_program *probe_loader_find_program(void *loader, const char *name)
{
	(void)loader, (void)name;
	return NULL;
}

void probe_loader_set_fact(void *loader, pid_t tgid, enum runtime_fact kind, int fact)
{
	(void)loader, (void)tgid, (void)kind, (void)fact;
}

static int open_watch(void)
{
	return function_watch_new(&watch, &settings, (struct pipeline *)&maps_read,
				  (struct probe_loader *)&made);
}

static int begin(void **state)
{
	(void)state;
	runtimes = tls = NULL;
	made = maps_read = 0;
	refusal = 0;
	is_deadly = has_multi = false;
	settings = (struct settings){
		.command = COMMAND_ATTACH,
		.capture = {.tls = TLS_AUTO, .tls_delay_ms = 0},
		.crash = {.enabled = true},
		.exceptions = {.probes = PROBES_AUTO},
	};
	return 0;
}

static int end(void **state)
{
	(void)state;
	function_watch_free(&watch);
	assert_null(watch);
	function_watch_free(&watch);
	return made ? -1 : 0;
}

static void map(pid_t tgid, const char *path)
{
	function_watch_image(watch, tgid, view_of_text(path), -1);
}

static void what_is_wanted(void **state)
{
	(void)state;
	is_deadly = true;
	settings.capture.trace_all = true;
	assert_int_equal(open_watch(), 0);
	assert_ptr_equal(runtimes->settings.libraries, runtime_probe_runtimes);
	assert_int_equal(runtimes->settings.wanted, PROBES_AUTO);
	assert_true(runtimes->settings.is_whole_host);
	assert_false(runtimes->settings.spares_filtered);
	assert_true(runtimes->has_fact);
	assert_int_equal(tls->settings.wanted, PROBES_ALL);
	assert_true(tls->settings.is_whole_host);
	assert_true(tls->settings.spares_filtered);
	assert_string_equal(tls->settings.loss, TLS_LIBRARIES_LOSS);
	/* One link takes many places, or many processes share one. */
	assert_true(tls->settings.shared_from > 0);
	function_watch_free(&watch);
	has_multi = true;
	assert_int_equal(open_watch(), 0);
	assert_int_equal(tls->settings.shared_from, 0);
	function_watch_free(&watch);
	/* Off, or without the programs, which come with those of crashes. */
	settings.capture.tls = TLS_OFF;
	tls = NULL;
	assert_int_equal(open_watch(), 0);
	assert_null(tls);
	map(10, "/lib/libssl.so.3");
	function_watch_forked(watch, 50, 51);
	function_watch_exited(watch, 51);
	function_watch_expect_exec(watch, 60, "curl");
	function_watch_tick(watch);
	assert_int_equal(runtimes->commands, 1);
	assert_int_equal(maps_read, 0);
	function_watch_free(&watch);
	settings.capture.tls = TLS_AUTO;
	settings.crash.enabled = false;
	assert_int_equal(open_watch(), 0);
	assert_null(tls);
}

static void one_that_fails(void **state)
{
	(void)state;
	refusal = -ENOMEM;
	assert_int_equal(open_watch(), -ENOMEM);
	assert_null(watch);
	assert_int_equal(made, 0);
}

static void nobody_is_young(void **state)
{
	(void)state;
	assert_int_equal(open_watch(), 0);
	map(10, "/usr/bin/node");
	assert_int_equal(runtimes->considered, 1);
	assert_string_equal(runtimes->path, "/usr/bin/node");
	assert_int_equal(tls->considered, 0);
	map(10, "/lib/libssl.so.3");
	assert_int_equal(runtimes->considered, 2);
	assert_int_equal(tls->considered, 1);
	assert_int_equal(tls->last, 10);
	function_watch_exited(watch, 10);
	assert_int_equal(runtimes->exited, 1);
	assert_int_equal(tls->exited, 1);
}

/* This process has an age; its child begins now. */
static void the_young_wait(void **state)
{
	(void)state;
	settings.capture.tls_delay_ms = 50;
	assert_int_equal(open_watch(), 0);
	function_watch_forked(watch, 50, 51);
	assert_int_equal(runtimes->forked, 1);
	assert_int_equal(tls->forked, 0);
	map(51, "/lib/libssl.so.3");
	assert_int_equal(runtimes->considered, 1);
	assert_int_equal(tls->considered, 0);
	/* One that is over before its time is not asked about. */
	function_watch_forked(watch, 50, 52);
	function_watch_exited(watch, 52);
	for (int i = 0; i < 10000 && maps_read == 0; i++) {
		function_watch_tick(watch);
		(void)usleep(1000);
	}
	assert_int_equal(maps_read, 1);
	assert_int_equal(maps_of, 51);
	function_watch_tick(watch);
	assert_int_equal(maps_read, 1);
	/* Its maps come by again, and now it counts. */
	map(51, "/lib/libssl.so.3");
	assert_int_equal(tls->considered, 1);
}

static void a_command_of_ours(void **state)
{
	(void)state;
	settings.command = COMMAND_RUN;
	settings.capture.tls_delay_ms = 3600000;
	assert_int_equal(open_watch(), 0);
	function_watch_expect_exec(watch, 60, "curl");
	assert_int_equal(runtimes->commands, 1);
	assert_int_equal(tls->commands, 1);
	assert_int_equal(tls->last, 60);
	/* Libraries of this machine, whichever it has, before the program is there to map them. */
	if (tls->considered > 0)
		assert_true(strstr(tls->path, "/libssl.so.") ||
			    strstr(tls->path, "/libgnutls.so."));
	/* Neither it nor its children wait. */
	function_watch_forked(watch, 50, 61);
	assert_int_equal(tls->forked, 1);
	assert_int_equal(tls->last, 61);
	map(61, "/lib/libssl.so.3");
	assert_int_equal(tls->last, 61);
	function_watch_tick(watch);
	assert_int_equal(maps_read, 0);
}

static void tls_given_up(void **state)
{
	(void)state;
	assert_int_equal(open_watch(), 0);
	map(10, "/lib/libssl.so.3");
	assert_int_equal(function_watch_stop_tls(watch), 7);
	assert_int_equal(tls->stopped, 1);
	assert_int_equal(runtimes->stopped, 0);
	map(11, "/lib/libssl.so.3");
	function_watch_forked(watch, 50, 51);
	function_watch_exited(watch, 10);
	function_watch_expect_exec(watch, 51, "curl");
	assert_int_equal(tls->considered, 1);
	assert_int_equal(tls->forked + tls->exited + tls->commands, 0);
	assert_int_equal(runtimes->considered, 2);
	assert_int_equal(function_watch_stop_tls(watch), 0);
	assert_int_equal(made, 2); /* what is on its way out is kept to the end */
}

static void without_one(void **state)
{
	(void)state;
	map(10, "/lib/libssl.so.3");
	function_watch_forked(NULL, 50, 51);
	function_watch_exited(NULL, 51);
	function_watch_expect_exec(NULL, 60, "curl");
	function_watch_tick(NULL);
	assert_int_equal(function_watch_stop_tls(NULL), 0);
	assert_int_equal(maps_read, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_wanted, begin, end),
		cmocka_unit_test_setup_teardown(one_that_fails, begin, end),
		cmocka_unit_test_setup_teardown(nobody_is_young, begin, end),
		cmocka_unit_test_setup_teardown(the_young_wait, begin, end),
		cmocka_unit_test_setup_teardown(a_command_of_ours, begin, end),
		cmocka_unit_test_setup_teardown(tls_given_up, begin, end),
		cmocka_unit_test_setup_teardown(without_one, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
