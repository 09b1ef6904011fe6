/* Whole screens of the sample, compared with tests/goldens/screens/. SCREEN_GOLDENS=write writes
 * them anew: read them then. */
#ifndef SUPPORT_SCREEN_GOLDEN_H
#define SUPPORT_SCREEN_GOLDEN_H

#include <errno.h>
#include "sample_screen.h"

#define MAX_GOLDEN_BYTES 1048576

/* Text with a mark before rows that are in reverse. */
static inline void sample_screen_append(const struct screen_buffer *screen, struct byte_buffer *out)
{
	struct byte_buffer text;
	struct view rest, line;
	uint32_t row = 0;

	byte_buffer_init(&text, MAX_GOLDEN_BYTES);
	screen_buffer_append_text(screen, &text);
	rest = byte_buffer_view(&text);
	while (row < screen->rows && view_next_token(&rest, '\n', &line)) {
		byte_buffer_append_text(out,
					screen_buffer_cell(screen, row, 0)->is_inverse ? "#" : "|");
		byte_buffer_append(out, line);
		byte_buffer_append_byte(out, '\n');
		row++;
	}
	byte_buffer_done(&text);
}

static inline void assert_golden(const char *name, const char *size, struct view text)
{
	char path[256], *golden = calloc(1, MAX_GOLDEN_BYTES);
	size_t count;
	FILE *file;

	(void)snprintf(path, sizeof(path), "tests/goldens/screens/%s.%s.txt", name, size);
	if (getenv("SCREEN_GOLDENS")) {
		file = fopen(path, "w");
		assert(file && fwrite(text.bytes, 1, text.size, file) == text.size);
		assert(fclose(file) == 0);
	}
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	count = fread(golden, 1, MAX_GOLDEN_BYTES - 1, file);
	(void)fclose(file);
	if (!view_equals(view_of(golden, count), text))
		fail_msg("%s has:\n%s\nbut this is drawn:\n%.*s", path, golden, VIEW_FORMAT(text));
	free(golden);
}

static inline void sample_screen_draw(uint32_t rows, uint32_t columns, bool is_utf8,
				      struct byte_buffer *out)
{
	struct screen_buffer screen;

	assert(screen_buffer_init(&screen, rows, columns) == 0);
	screen_draw(&sample_snapshot, &sample_state, is_utf8, &screen);
	sample_screen_append(&screen, out);
	screen_buffer_done(&screen);
}

/* The screen as it is now, at both sizes. */
static inline void assert_screens(const char *name)
{
	static const struct {
		uint32_t rows, columns;
		const char *name;
	} sizes[] = {{24, 80, "80x24"}, {50, 200, "200x50"}};

	for (size_t i = 0; i < 2; i++) {
		struct byte_buffer text;

		byte_buffer_init(&text, MAX_GOLDEN_BYTES);
		sample_screen_draw(sizes[i].rows, sizes[i].columns, true, &text);
		assert_golden(name, sizes[i].name, byte_buffer_view(&text));
		byte_buffer_done(&text);
	}
}

/* These keys, one after the other. */
static inline void sample_screen_keys(const char *keys)
{
	for (; *keys; keys++)
		assert_int_equal(screen_state_take(&sample_state, &sample_snapshot,
						   (uint32_t)(unsigned char)*keys),
				 SCREEN_GOES_ON);
}

#endif
