/* What every document says of an option, in words that come from its row alone. */
#ifndef MANUAL_OPTION_WORDS_H
#define MANUAL_OPTION_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include "settings/option_table.h"

#define MAX_WORDS_BYTES 256

/* "one of auto, off", "a size from 64 to 16KiB (such as …)". Returns buffer. */
const char *option_words_expected(const struct option *option, char *buffer, size_t size);

/* The words that can be completed, with `separator` between them; "" when there are none. */
const char *option_words_choices(const struct option *option, char separator, char *buffer,
				 size_t size);

/* A value as one would write it: the default, or an example of one. */
const char *option_words_sample(const struct option *option);

/* Several of its words, separated by commas. */
bool option_words_is_list(const struct option *option);

bool option_words_takes_file(const struct option *option);

/* --name means something, and so does --no-name. */
bool option_words_is_switch(const struct option *option);

/* The key without its section; the section ("" for none) as a view of the key. */
const char *option_words_leaf(const struct option *option);
struct view option_words_section(const struct option *option);

#endif
