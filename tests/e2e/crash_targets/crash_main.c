/*
 * The crash target's way in: finds the way by its name and goes down to it. usage: crash WAY
 * [LIBRARY]
 */
#include "crash_ways.h"

#include <stdio.h>
#include <string.h>

volatile int depth;
const char *way_argument;
struct shelf *volatile missing_shelf;

static const struct {
	const char *name;
	void (*way)(void);
} ways[] = {
	{"null", read_null},
	{"read-only", write_read_only},
	{"overflow", overflow_stack},
	{"wide-overflow", overflow_stack_widely},
	{"divide", divide_by_zero},
	{"bus", read_past_file},
	{"illegal", run_illegal_instruction},
	{"breakpoint", run_breakpoint},
	{"null-call", call_null},
	{"data-jump", jump_to_data},
	{"wild", read_wild_address},
	{"jit", crash_jitted_code},
	{"assert", fail_assertion},
	{"abort", abort_plainly},
	{"double-free", free_twice},
	{"heap", corrupt_heap},
	{"in-usr1", crash_in_usr1},
	{"reset-return", reset_and_return},
	{"reset-raise", reset_and_raise},
	{"other-stack", exit_on_other_stack},
	{"blocked", crash_with_blocked_signal},
	{"ignored", crash_with_ignored_signal},
	{"recover", recover_and_leave},
	{"recover-fail", recover_and_fail},
	{"recover-crash", recover_and_crash},
	{"recover-abort", recover_and_abort},
	{"recover-raise", recover_and_raise},
	{"seccomp", violate_seccomp},
	{"file-size", exceed_file_size},
	{"quit", quit_itself},
	{"pipe", write_broken_pipe},
	{"exit", exit_with_three},
	{"undumpable", crash_undumpable},
	{"thread", crash_second_thread},
	{"thread-overflow", overflow_thread_stack},
	{"child", crash_child},
	{"wait", wait_to_be_killed},
	{"library", crash_in_library},
	{"deleted-library", crash_in_deleted_library},
	{"unlinked", crash_unlinked},
	{"threads-exit", exit_with_threads},
	{"threads-exec", exec_with_threads},
};

static FRAME void read_shelf(void (*way)(void))
{
	way();
	depth++;
}

static FRAME void count_stock(void (*way)(void))
{
	read_shelf(way);
	depth++;
}

static FRAME void find_article(void (*way)(void))
{
	count_stock(way);
	depth++;
}

static FRAME void take_order(void (*way)(void))
{
	find_article(way);
	depth++;
}

static FRAME void serve_customer(void (*way)(void))
{
	take_order(way);
	depth++;
}

FRAME void open_shop(void (*way)(void))
{
	serve_customer(way);
	depth++;
}

int main(int argc, char **argv)
{
	way_argument = argc > 2 ? argv[2] : NULL;
	for (unsigned int i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(argv[1], ways[i].name) == 0) {
			open_shop(ways[i].way);
			return 0;
		}
	}
	fprintf(stderr, "usage: crash WAY [LIBRARY]\n");
	return 2;
}
