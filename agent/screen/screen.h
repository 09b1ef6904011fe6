/*
 * The `screen` exporter: all that happens on a full screen, with a keyboard. Items come on its
 * delivery thread; a thread of its own draws and reads keys, twice a second and at every key. What
 * is captured never waits for it. When it is closed the terminal is as it was, and gets the crashes
 * and the summary that scrolling output would have had.
 */
#ifndef SCREEN_SCREEN_H
#define SCREEN_SCREEN_H

#include <stdio.h>
#include "base/drops.h"
#include "screen/screen_facts.h"

struct exporter;
struct screen;

struct screen_settings {
	FILE *out; /* for what is said at the end; borrowed */
	bool is_colour;
	bool is_utf8;
	const struct drops *drops; /* borrowed */
};

/* *ret_screen is the same object, borrowed: gone when the exporter is closed. -ENOMEM. */
int screen_new(struct exporter **ret, struct screen **ret_screen,
	       const struct screen_settings *settings);

/* The rest is for the capture thread, and NULL-safe. */

/* Tracing has begun: takes the terminal. -errno: it cannot. */
int screen_start(struct screen *screen);

void screen_tell(struct screen *screen, const struct screen_facts *facts);

/* What comes out of it is shown as the output of CMD; taken. -errno. */
int screen_show_output(struct screen *screen, int fd);

/* Somebody has had enough. True when there is nobody to have it. */
bool screen_has_quit(const struct screen *screen);

#endif
