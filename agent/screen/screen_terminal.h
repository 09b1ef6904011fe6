/*
 * The terminal itself, by ncurses: cells go out, keys come in. The only file that knows of either;
 * used by one thread.
 */
#ifndef SCREEN_SCREEN_TERMINAL_H
#define SCREEN_SCREEN_TERMINAL_H

#include <stdbool.h>
#include "screen/screen_buffer.h"

/* -EIO: the terminal is of no use. */
int screen_terminal_begin(void);
/* As it was before. */
void screen_terminal_end(void);

/* Its size now. */
void screen_terminal_size(uint32_t *ret_rows, uint32_t *ret_columns);

void screen_terminal_show(const struct screen_buffer *screen, bool has_colours);

/* A key, as screen_state_take wants it; 0: none came within so many milliseconds. */
uint32_t screen_terminal_key(int timeout_ms);

#endif
