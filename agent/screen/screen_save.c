/* The same drawing as on the screen, without colours and as wide as it needs. */
#include "screen/screen_save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "screen/screen_draw.h"
#include "screen/screen_tab.h"

#define SAVED_WIDTH     160
#define MAX_SAVED_BYTES 16777216
#define MAX_SAVED_TEXTS 10 /* traces of a list */

static void append_title(struct byte_buffer *out, const char *title)
{
	byte_buffer_append_text(out, "\n== ");
	byte_buffer_append_text(out, title);
	byte_buffer_append_text(out, " ==\n\n");
}

static void append_traces(const struct screen_snapshot *snapshot, enum live_list list,
			  const struct terminal_style *style, struct byte_buffer *out)
{
	for (uint32_t i = 0; i < snapshot->traces_counts[list] && i < MAX_SAVED_TEXTS; i++) {
		const struct screen_state state = {.open_trace = snapshot->traces[list][i]};

		screen_draw_text(&state, style, out);
	}
}

void screen_save_append(const struct screen_snapshot *snapshot, bool is_utf8,
			struct byte_buffer *out)
{
	const struct terminal_style style = {.width = SAVED_WIDTH, .is_utf8 = is_utf8};
	char elapsed[32];

	byte_buffer_append_text(out, "limpet  ");
	byte_buffer_append_text(out, snapshot->facts.whom);
	byte_buffer_append_text(out, "  after ");
	byte_buffer_append_text(
		out, screen_draw_elapsed(snapshot->running_ns, elapsed, sizeof(elapsed)));
	byte_buffer_append_byte(out, '\n');
	for (int tab = 0; tab < (int)screen_state_tabs(snapshot); tab++) {
		const struct screen_state state = {.tab = (enum screen_tab_number)tab};

		append_title(out, screen_tab_of(state.tab)->title);
		screen_draw_tab(snapshot, &state, &style, out);
	}
	for (uint32_t i = 0; i < snapshot->crashes_count; i++) {
		const struct screen_state state = {.open_crash = snapshot->crashes[i]};

		if (i == 0)
			append_title(out, "Crashes, whole");
		screen_draw_text(&state, &style, out);
	}
	append_title(out, "Slowest traces");
	append_traces(snapshot, LIVE_SLOWEST, &style, out);
	append_title(out, "Failed traces");
	append_traces(snapshot, LIVE_FAILED, &style, out);
}

static int write_all(int fd, struct view text)
{
	while (text.size) {
		ssize_t count = write(fd, text.bytes, text.size);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		text = view_skip(text, (size_t)count);
	}
	return 0;
}

int screen_save(const struct screen_snapshot *snapshot, bool is_utf8,
		char ret_path[SCREEN_PATH_BYTES])
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;
	_cleanup_(cleanup_close) int fd = -1;
	time_t now = (time_t)(snapshot->unix_ns / NS_PER_S);
	char path[SCREEN_PATH_BYTES];
	struct tm parts = {0};

	byte_buffer_init(&text, MAX_SAVED_BYTES);
	(void)localtime_r(&now, &parts);
	if (strftime(path, sizeof(path), "limpet-%Y%m%d-%H%M%S.txt", &parts) == 0)
		return -EINVAL;
	screen_save_append(snapshot, is_utf8, &text);
	if (text.is_failed)
		return -ENOMEM;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	(void)snprintf(ret_path, SCREEN_PATH_BYTES, "%s", path);
	return write_all(fd, byte_buffer_view(&text));
}
