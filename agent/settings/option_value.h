/* From text to the field an option row names, and back. One parser for command line, file,
 * environment and defaults. */
#ifndef SETTINGS_OPTION_VALUE_H
#define SETTINGS_OPTION_VALUE_H

#include "base/log.h"
#include "base/view.h"
#include "settings/option_table.h"
#include "settings/settings.h"

#define MAX_EXPECTED_BYTES 256

/*
 * 0, -EINVAL (not such a value, or out of range), -EACCES (a secret's file cannot be read: said) or
 * -ENOMEM; the field is untouched on failure. A string option takes the empty text as "not set"
 * (NULL).
 */
int option_value_set(const struct option *option, struct settings *settings, struct view text);

/* The number in text, for the types that are stored as one. -EINVAL when it is none or out of
 * range. */
int option_value_parse_number(const struct option *option, struct view text, uint64_t *ret_value);

/* "a size from 64 to 16KiB (such as 4096, 64KiB, 4MiB)". Returns buffer. */
const char *option_value_expected(const struct option *option, char *buffer, size_t size);

/* "<where>: '<text>' is not <expected>"; a text that may hold a secret is not shown. */
void option_value_complain(enum log_level level, const char *where, const struct option *option,
			   struct view text);

/* The present value as one would write it, credentials masked, cut to fit. False when it is not
 * set. */
bool option_value_format(const struct option *option, const struct settings *settings, char *buffer,
			 size_t size);

/* Would others who read this text learn a secret? */
bool option_value_is_secret(const struct option *option, struct view text);

/* Is it set to the same in both? */
bool option_value_equals(const struct option *option, const struct settings *a,
			 const struct settings *b);
void option_value_swap(const struct option *option, struct settings *a, struct settings *b);

bool option_value_is_string(const struct option *option);
void option_value_free(const struct option *option, struct settings *settings);

#endif
