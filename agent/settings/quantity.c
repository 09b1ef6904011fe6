/* Quantities: a number and a unit, exactly one way to read each. No fractions: 1500ms, not 1.5s. */
#include "settings/quantity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

struct unit {
	const char *suffix;
	uint64_t factor;
};

/* Smallest first. */
static const struct unit count_units[] = {{"", 1}, {0}};
static const struct unit size_units[] = {
	{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {0}};
static const struct unit duration_units[] = {
	{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {0}};

static const struct unit *const units[] = {[QUANTITY_COUNT] = count_units,
					   [QUANTITY_SIZE] = size_units,
					   [QUANTITY_DURATION] = duration_units};

int quantity_parse(enum quantity quantity, struct view text, uint64_t *ret_value)
{
	const struct unit *unit = units[quantity];
	struct view suffix;
	uint64_t value;
	size_t count = 0;

	while (count < text.size && text.bytes[count] >= '0' && text.bytes[count] <= '9')
		count++;
	suffix = view_skip(text, count);
	if (suffix.size) {
		suffix = view_trim(suffix);
		while (unit->suffix &&
		       (!unit->suffix[0] ||
			!view_equals_ignoring_case(view_of_text(unit->suffix), suffix)))
			unit++;
	}
	if (!unit->suffix || view_parse_u64(view_take(text, count), &value) < 0 ||
	    __builtin_mul_overflow(value, unit->factor, &value))
		return -EINVAL;
	*ret_value = value;
	return 0;
}

void quantity_format(enum quantity quantity, uint64_t value, char *buffer, size_t size)
{
	const struct unit *best = units[quantity];

	for (const struct unit *unit = best; value && unit->suffix; unit++)
		if (value % unit->factor == 0)
			best = unit;
	(void)snprintf(buffer, size, "%" PRIu64 "%s", value / best->factor,
		       value ? best->suffix : "");
}
