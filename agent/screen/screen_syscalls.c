/* The tab of system calls: how often, how long, and how they fail. */
#include "screen/screen_tab.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS   20
#define COUNT_COLUMNS  10
#define TIME_COLUMNS   9
#define ERRORS_COLUMNS 9
#define ERRORS_COLUMN  (NAME_COLUMNS + COUNT_COLUMNS + 3 * TIME_COLUMNS + ERRORS_COLUMNS + 2)

static const struct syscall_count *call_of(const struct screen_snapshot *snapshot, uint32_t index)
{
	return &snapshot->facts.syscalls[index];
}

static uint32_t count_calls(const struct screen_snapshot *snapshot,
			    const struct screen_state *state)
{
	(void)state;
	return snapshot->facts.syscalls_count;
}

static struct view name_of(const struct syscall_count *call, char *buffer, size_t size)
{
	if (call->name)
		return view_of_text(call->name);
	(void)snprintf(buffer, size, "number %ld", call->number);
	return view_of_text(buffer);
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	const struct syscall_count *call = call_of(snapshot, index);
	char number[32], errors[SYSCALL_ERRORS_BYTES];
	int used;

	(void)state;
	(void)syscall_count_errors(call, errors);
	used = snprintf(buffer, size, "%.*s%s%s",
			VIEW_FORMAT(name_of(call, number, sizeof(number))), errors[0] ? ": " : "",
			errors);
	return view_of(buffer, used < (int)size ? (size_t)used : size - 1);
}

static double by_time(const struct screen_snapshot *snapshot, const struct screen_state *state,
		      uint32_t index)
{
	(void)state;
	return (double)call_of(snapshot, index)->total_ns;
}

static double by_count(const struct screen_snapshot *snapshot, const struct screen_state *state,
		       uint32_t index)
{
	(void)state;
	return (double)call_of(snapshot, index)->count;
}

static double by_errors(const struct screen_snapshot *snapshot, const struct screen_state *state,
			uint32_t index)
{
	(void)state;
	return (double)call_of(snapshot, index)->errors_count;
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	(void)snapshot;
	(void)state;
	screen_tab_text(line, COLOUR_DIM, NAME_COLUMNS, VIEW_LITERAL("system call"));
	screen_tab_cell(line, COLOUR_DIM, COUNT_COLUMNS, "count");
	screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "time");
	screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "mean");
	screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "max");
	screen_tab_cell(line, COLOUR_DIM, ERRORS_COLUMNS, "errors");
}

static void draw_errors(const struct syscall_count *call, struct terminal_line *line)
{
	char text[SYSCALL_ERRORS_BYTES];

	terminal_line_pad(line, ERRORS_COLUMN);
	terminal_line_text(line, COLOUR_YELLOW, view_of_text(syscall_count_errors(call, text)));
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	const struct syscall_count *call = call_of(snapshot, index);
	char name[32];

	(void)state;
	screen_tab_text(line, COLOUR_PLAIN, NAME_COLUMNS, name_of(call, name, sizeof(name)));
	screen_tab_count(line, COLOUR_BOLD, COUNT_COLUMNS, call->count);
	screen_tab_time(line, TIME_COLUMNS, call->total_ns);
	screen_tab_time(line, TIME_COLUMNS, call->count ? call->total_ns / call->count : 0);
	screen_tab_time(line, TIME_COLUMNS, call->max_ns);
	screen_tab_count(line, call->errors_count ? COLOUR_RED : COLOUR_DIM, ERRORS_COLUMNS,
			 call->errors_count);
	draw_errors(call, line);
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	return snapshot->facts.has_syscalls ? "No system call has ended yet."
					    : "Not counted. Ask for it with: "
					      "--events=spans,crashes,syscalls";
}

static const struct screen_order orders[] = {
	{"time", by_time}, {"count", by_count}, {"errors", by_errors}};

const struct screen_tab screen_syscalls_tab = {
	.title = "Syscalls",
	.orders = orders,
	.orders_count = sizeof(orders) / sizeof(orders[0]),
	.count = count_calls,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.empty = empty,
};
