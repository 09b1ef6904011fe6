/* The keys in words. What they do is screen_state.c's. */
#include "screen/screen_help.h"

#include <stdio.h>
#include "screen/screen_tab.h"

#define WIDE 90 /* columns; narrower, some keys are in the help alone */

static const char page[] =
	"  Keys\n"
	"\n"
	"   1 to 6     a tab: operations, traces, crashes, profile, system calls, drops;\n"
	"              7 with run: what the command printed\n"
	"   Tab arrows the next tab, the one before\n"
	"   Up Down    a row (also j, k); PgUp PgDn, Home End: further\n"
	"   Enter      open a trace as a waterfall, a crash with its stack; Esc: back\n"
	"   v          traces: the latest, the slowest, the failed\n"
	"   /          show only what contains a word; Esc takes the filter away\n"
	"   s  r       another order; the other way round\n"
	"   p          hold the picture still; what happens meanwhile is not lost\n"
	"   w          write all tabs to a file in this folder\n"
	"   q  Ctrl-C  end, and print a summary\n"
	"\n"
	"  An operation with an arrow is a request made, without one a request served.\n"
	"  rate: per second, of the last ten. p50 p95 p99: so many percent were faster.\n"
	"  System calls: time from begin to end, waiting included.\n"
	"  costs: what limpet's programs take inside the kernel, in percent of one CPU.\n";

struct view screen_help_text(void)
{
	return VIEW_LITERAL(page);
}

static void add(struct terminal_line *line, const char *key, const char *meaning)
{
	terminal_line_text(line, COLOUR_BOLD, view_of_text(key));
	terminal_line_text(line, COLOUR_PLAIN, view_of_text(meaning));
}

static bool is_wide(const struct terminal_line *line)
{
	return line->style->width >= WIDE;
}

void screen_help_keys(const struct screen_state *state, uint32_t tabs_count,
		      struct terminal_line *line)
{
	char range[16];

	if (state->is_help) {
		add(line, " any key", " back");
		return;
	}
	if (state->is_filtering) {
		add(line, " Enter", " done");
		add(line, "  Esc", " no filter");
		return;
	}
	(void)snprintf(range, sizeof(range), " 1-%u", tabs_count);
	add(line, range, " tabs");
	if (state->is_open) {
		add(line, line->style->is_utf8 ? "  ↑↓" : "  Up Dn", " scroll");
		add(line, "  Esc", " back");
	} else {
		add(line, line->style->is_utf8 ? "  ↑↓" : "  Up Dn", " rows");
		if (screen_tab_of(state->tab)->can_open)
			add(line, "  Enter", " open");
		if (state->tab == TAB_TRACES)
			add(line, "  v", " which");
		add(line, "  /", " filter");
		if (is_wide(line) || state->tab != TAB_TRACES)
			add(line, "  s", " sort");
	}
	add(line, "  p", state->is_paused ? " go on" : " pause");
	if (is_wide(line))
		add(line, "  w", " save");
	add(line, "  ?", " help");
	add(line, "  q", " quit");
}
