/* A line that came in one piece is never copied. */
#include "kubernetes/line_splitter.h"

void line_splitter_init(struct line_splitter *splitter, size_t max_line_bytes)
{
	byte_buffer_init(&splitter->begun, max_line_bytes);
	splitter->is_skipping = false;
}

void line_splitter_done(struct line_splitter *splitter)
{
	byte_buffer_done(&splitter->begun);
}

void line_splitter_restart(struct line_splitter *splitter)
{
	byte_buffer_clear(&splitter->begun);
	splitter->is_skipping = false;
}

static void keep(struct line_splitter *splitter, struct view piece)
{
	if (splitter->is_skipping)
		return;
	byte_buffer_append(&splitter->begun, piece);
	if (splitter->begun.is_failed) {
		byte_buffer_done(&splitter->begun);
		byte_buffer_init(&splitter->begun, splitter->begun.max_bytes);
		splitter->is_skipping = true;
	}
}

static bool end_line(struct line_splitter *splitter, struct view piece, line_splitter_take *take,
		     void *self)
{
	bool goes_on;

	if (!splitter->is_skipping && !splitter->begun.size &&
	    piece.size <= splitter->begun.max_bytes)
		return take(self, piece, false);
	keep(splitter, piece);
	goes_on = take(self, byte_buffer_view(&splitter->begun), splitter->is_skipping);
	line_splitter_restart(splitter);
	return goes_on;
}

bool line_splitter_feed(struct line_splitter *splitter, struct view bytes, line_splitter_take *take,
			void *self)
{
	while (bytes.size) {
		ssize_t end = view_find_byte(bytes, '\n');

		if (end < 0) {
			keep(splitter, bytes);
			return true;
		}
		if (!end_line(splitter, view_take(bytes, (size_t)end), take, self))
			return false;
		bytes = view_skip(bytes, (size_t)end + 1);
	}
	return true;
}
