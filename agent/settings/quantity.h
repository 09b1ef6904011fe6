/* Sizes, times and counts as people write them: 64KiB, 500ms, 12. */
#ifndef SETTINGS_QUANTITY_H
#define SETTINGS_QUANTITY_H

#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

enum quantity {
	QUANTITY_COUNT,    /* no unit */
	QUANTITY_SIZE,     /* in bytes: KiB, MiB, GiB */
	QUANTITY_DURATION, /* in milliseconds: ms, s, m, h; a bare number is milliseconds */
};

/* Digits, maybe blanks, maybe a unit (in any case). -EINVAL when it is anything else or does not
 * fit. */
int quantity_parse(enum quantity quantity, struct view text, uint64_t *ret_value);

/* In the largest unit that needs no fraction. */
void quantity_format(enum quantity quantity, uint64_t value, char *buffer, size_t size);

#endif
