/* Two threads and a store between them; whoever is told to stop, stops within a tick. */
#include "screen/screen.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "exporters/exporter.h"
#include "screen/screen_draw.h"
#include "screen/screen_output.h"
#include "screen/screen_save.h"
#include "screen/screen_store.h"
#include "screen/screen_terminal.h"
#include "screen/screen_words.h"
#include "terminal/terminal_crash.h"
#include "terminal/terminal_summary.h"

#define SETTLE_NS        (300 * NS_PER_MS)
#define OVERDUE_NS       (10 * NS_PER_S) /* a trace waits so long for a caller that was seen */
#define REFRESH_NS       (500 * NS_PER_MS)
#define RECENT_NS        (30 * NS_PER_S)
#define KEY_MS           100
#define MAX_OUTPUT_BYTES 4194304
#define MAX_SAID_CRASHES 10
#define MAX_SAID_LINES   50
#define SUMMARY_WIDTH    120

struct screen {
	struct exporter exporter; /* first */
	struct screen_settings settings;
	struct screen_store *store;
	struct screen_output *output; /* NULL: CMD has a terminal, or there is none */
	pthread_t thread;
	bool has_thread;
	bool is_stopping, has_quit; /* atomic */
	uint64_t lost_items;        /* not collected, not reported yet */
	/* The drawing thread's own. */
	struct screen_snapshot *snapshot;
	struct screen_state state;
	struct screen_buffer buffer;
	uint32_t asked_rows, asked_columns; /* the terminal's, which may be beyond the bounds */
	uint64_t drawn_ns, words_number;
	bool is_end_said, is_crash_shown;
};

static struct screen *screen_of(struct exporter *exporter)
{
	return (struct screen *)exporter;
}

static bool is_set(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static uint64_t ago(uint64_t now, uint64_t duration_ns)
{
	return now > duration_ns ? now - duration_ns : 0;
}

/* True: the size has changed, and there are cells for it. */
static bool fit(struct screen *screen)
{
	uint32_t rows, columns;
	struct screen_buffer buffer;

	screen_terminal_size(&rows, &columns);
	if (screen->asked_rows == rows && screen->asked_columns == columns)
		return false;
	if (screen_buffer_init(&buffer, rows, columns) < 0)
		return false;
	screen_buffer_done(&screen->buffer);
	screen->buffer = buffer;
	screen->asked_rows = rows;
	screen->asked_columns = columns;
	return true;
}

/* The newest word stays until a key is pressed. */
static void take_words(struct screen *screen)
{
	char words[SCREEN_MESSAGE_BYTES - 1];
	uint64_t number = screen_words_newest(words, sizeof(words));

	if (number == screen->words_number)
		return;
	screen->words_number = number;
	(void)snprintf(screen->state.message, sizeof(screen->state.message), " %s", words);
}

static void take_output(struct screen *screen)
{
	screen->snapshot->has_output = screen->output;
	if (screen->output)
		screen_output_read(screen->output, &screen->snapshot->output);
}

/* The targets are gone: if that was a crash, it is what somebody wants to see. It may come a moment
 * later than the news, but not after somebody looked at something else. */
static void show_end(struct screen *screen)
{
	const struct screen_snapshot *snapshot = screen->snapshot;

	if (!screen->is_end_said)
		(void)snprintf(screen->state.message, sizeof(screen->state.message),
			       " The traced processes have ended. q prints the summary.");
	screen->is_end_said = true;
	if (screen->is_crash_shown || !snapshot->crashes_count ||
	    snapshot->crashes[0]->crash->unix_ns + RECENT_NS < snapshot->unix_ns)
		return;
	screen->is_crash_shown = true;
	screen_state_show_crash(&screen->state, snapshot);
}

static void refresh(struct screen *screen, uint64_t now_ns)
{
	screen_store_settle(screen->store, ago(now_ns, SETTLE_NS), ago(now_ns, OVERDUE_NS));
	if (!screen->state.is_paused || !screen->drawn_ns) {
		screen_store_read(screen->store, now_ns, screen->snapshot);
		take_output(screen);
		take_words(screen);
	}
	screen->drawn_ns = now_ns;
	if (screen->snapshot->facts.is_over)
		show_end(screen);
}

static void save(struct screen *screen)
{
	char path[SCREEN_PATH_BYTES];
	int err = screen_save(screen->snapshot, screen->settings.is_utf8, path);

	if (err < 0)
		(void)snprintf(screen->state.message, sizeof(screen->state.message),
			       " cannot save in this folder: %s", strerror(-err));
	else
		(void)snprintf(screen->state.message, sizeof(screen->state.message), " saved as %s",
			       path);
}

/* The session's loop is woken by the same signal as by Ctrl-C. */
static void quit(struct screen *screen)
{
	__atomic_store_n(&screen->has_quit, true, __ATOMIC_RELEASE);
	(void)kill(getpid(), SIGINT);
}

static void take_key(struct screen *screen, uint32_t key)
{
	screen->is_crash_shown |= screen->is_end_said;
	switch (screen_state_take(&screen->state, screen->snapshot, key)) {
	case SCREEN_QUITS:
		quit(screen);
		break;
	case SCREEN_SAVES:
		save(screen);
		break;
	case SCREEN_PAUSES:
		screen->drawn_ns = screen->state.is_paused ? screen->drawn_ns : 0;
		break;
	case SCREEN_GOES_ON:
		break;
	}
}

/* A terminal that is gone answers at once, and has nothing to say. */
static uint32_t wait_for_key(void)
{
	uint64_t begin_ns = clock_monotonic_ns();
	uint32_t key = screen_terminal_key(KEY_MS);

	if (!key && clock_monotonic_ns() < begin_ns + KEY_MS * NS_PER_MS / 2)
		(void)usleep(KEY_MS * 1000);
	return key;
}

static void *draw(void *self)
{
	struct screen *screen = self;
	uint32_t key = 0;

	while (!is_set(&screen->is_stopping)) {
		uint64_t now_ns = clock_monotonic_ns();
		bool is_stale = now_ns >= screen->drawn_ns + REFRESH_NS;

		if (is_stale)
			refresh(screen, now_ns);
		if ((fit(screen) || is_stale || key) && screen->buffer.cells) {
			screen_draw(screen->snapshot, &screen->state, screen->settings.is_utf8,
				    &screen->buffer);
			screen_terminal_show(&screen->buffer, screen->settings.is_colour);
		}
		key = wait_for_key();
		if (key)
			take_key(screen, key);
	}
	screen_terminal_end();
	return NULL;
}

int screen_start(struct screen *screen)
{
	int err = screen ? screen_terminal_begin() : -ENOENT;

	if (err < 0)
		return err;
	screen_words_switch(true);
	err = -pthread_create(&screen->thread, NULL, draw, screen);
	screen->has_thread = err == 0;
	if (err < 0) {
		screen_terminal_end();
		screen_words_switch(false);
	}
	return err;
}

void screen_tell(struct screen *screen, const struct screen_facts *facts)
{
	if (screen)
		screen_store_set_facts(screen->store, facts);
}

int screen_show_output(struct screen *screen, int fd)
{
	return screen_output_new(&screen->output, fd);
}

bool screen_has_quit(const struct screen *screen)
{
	return !screen || !screen->has_thread || is_set(&screen->has_quit);
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct screen *screen = screen_of(exporter);
	uint64_t now_ns = clock_monotonic_ns();
	uint32_t rejected;

	for (uint32_t i = 0; i < batch->count; i++)
		screen->lost_items += screen_store_add(screen->store, batch->items[i], now_ns) < 0;
	screen_store_settle(screen->store, ago(now_ns, SETTLE_NS), ago(now_ns, OVERDUE_NS));
	rejected = screen->lost_items < batch->count ? (uint32_t)screen->lost_items : batch->count;
	screen->lost_items -= rejected;
	*ret_result = (struct export_result){
		.outcome = EXPORT_SENT, .rejected_count = rejected, .reason = DROP_OUTPUT_FAILED};
}

static void flush_traces(struct exporter *exporter)
{
	screen_store_settle(screen_of(exporter)->store, UINT64_MAX,
			    ago(clock_monotonic_ns(), OVERDUE_NS));
}

/* What CMD printed, the end of it, as it would stand there. */
static void say_output(const struct screen_lines *lines, const struct terminal_style *style,
		       struct byte_buffer *out)
{
	uint32_t first = lines->count > MAX_SAID_LINES ? lines->count - MAX_SAID_LINES : 0;
	struct terminal_line line;

	for (uint32_t i = first; i < lines->count; i++) {
		terminal_line_begin(&line, style, out);
		terminal_line_text(&line, COLOUR_PLAIN, view_of_text(lines->text[i]));
		terminal_line_end(&line);
	}
}

/* What is left on the terminal when the screen is gone. */
static void say_end(struct screen *screen)
{
	struct terminal_style style = {SUMMARY_WIDTH, screen->settings.is_colour,
				       screen->settings.is_utf8};
	struct screen_snapshot *snapshot = screen->snapshot;
	struct byte_buffer out;

	if (screen->buffer.columns)
		style.width = screen->buffer.columns;
	byte_buffer_init(&out, MAX_OUTPUT_BYTES);
	screen_store_read(screen->store, clock_monotonic_ns(), snapshot);
	take_output(screen);
	say_output(&snapshot->output, &style, &out);
	for (uint32_t i = 0; i < snapshot->crashes_count && i < MAX_SAID_CRASHES; i++)
		terminal_crash_print(snapshot->crashes[i]->crash, &style, &out);
	terminal_summary_print_table(screen_store_operations(screen->store),
				     screen_store_traces_count(screen->store), &style, &out);
	if (out.size)
		(void)fwrite(out.bytes, 1, out.size, screen->settings.out);
	(void)fflush(screen->settings.out);
	byte_buffer_done(&out);
}

static void close_screen(struct exporter **exporter)
{
	struct screen *screen = screen_of(*exporter);

	if (screen->has_thread) {
		__atomic_store_n(&screen->is_stopping, true, __ATOMIC_RELEASE);
		(void)pthread_join(screen->thread, NULL);
		screen_words_switch(false);
	}
	screen_store_settle(screen->store, UINT64_MAX, UINT64_MAX);
	say_end(screen);
	screen_output_free(&screen->output);
	screen_state_done(&screen->state);
	screen_snapshot_done(screen->snapshot);
	free(screen->snapshot);
	screen_buffer_done(&screen->buffer);
	screen_store_free(&screen->store);
	free(screen);
	*exporter = NULL;
}

static const struct exporter_ops screen_ops = {
	.name = "screen",
	.export = export_batch,
	.flush = flush_traces,
	.close = close_screen,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT) | ITEM_BIT(ITEM_CRASH) | ITEM_BIT(ITEM_PROFILE),
};

int screen_new(struct exporter **ret, struct screen **ret_screen,
	       const struct screen_settings *settings)
{
	struct screen *screen = calloc(1, sizeof(*screen));
	int err;

	if (!screen)
		return -ENOMEM;
	screen->exporter.ops = &screen_ops;
	screen->settings = *settings;
	screen->snapshot = calloc(1, sizeof(*screen->snapshot));
	err = screen->snapshot ? screen_store_new(&screen->store, settings->drops) : -ENOMEM;
	if (err < 0) {
		free(screen->snapshot);
		free(screen);
		return err;
	}
	screen_words_install();
	*ret = &screen->exporter;
	*ret_screen = screen;
	return 0;
}
