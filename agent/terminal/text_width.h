/* How many columns a character takes on a terminal, whatever the locale of this process. */
#ifndef TERMINAL_TEXT_WIDTH_H
#define TERMINAL_TEXT_WIDTH_H

#include <stddef.h>
#include "base/view.h"

/* 0 (combining, invisible), 1 or 2 (East Asian wide, emoji). sequence: one valid UTF-8 sequence. */
size_t text_width_of(struct view sequence);

#endif
