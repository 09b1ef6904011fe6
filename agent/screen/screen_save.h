/* What is on the screen, and what is not for want of room, as a file for people. */
#ifndef SCREEN_SCREEN_SAVE_H
#define SCREEN_SCREEN_SAVE_H

#include "base/byte_buffer.h"
#include "screen/screen_snapshot.h"

#define SCREEN_PATH_BYTES 64

/* All tabs, the crashes, the slowest and the failed traces. Appends text. */
void screen_save_append(const struct screen_snapshot *snapshot, bool is_utf8,
			struct byte_buffer *out);

/* Into a new file of the present folder that only its owner can read: its name. -errno. */
int screen_save(const struct screen_snapshot *snapshot, bool is_utf8,
		char ret_path[SCREEN_PATH_BYTES]);

#endif
