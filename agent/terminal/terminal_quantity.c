/* Three significant digits and the unit that suits; thresholds lie where rounding would overflow.
 */
#include "terminal/terminal_quantity.h"

#include <stdio.h>
#include "base/clock.h"

static const char *write_digits(double value, const char *unit, char ret_text[QUANTITY_BYTES])
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	(void)snprintf(ret_text, QUANTITY_BYTES, "%.*f%s", decimals, value, unit);
	return ret_text;
}

const char *terminal_quantity_duration(uint64_t duration_ns, bool is_utf8,
				       char ret_text[QUANTITY_BYTES])
{
	uint64_t seconds = duration_ns / NS_PER_S + (duration_ns % NS_PER_S >= NS_PER_S / 2);

	if (duration_ns < 999500)
		(void)snprintf(ret_text, QUANTITY_BYTES, "%u %s",
			       (unsigned int)((duration_ns + 500) / 1000), is_utf8 ? "µs" : "us");
	else if (duration_ns < 999500000)
		return write_digits((double)duration_ns / 1e6, " ms", ret_text);
	else if (duration_ns < 59950000000)
		return write_digits((double)duration_ns / 1e9, " s", ret_text);
	else if (seconds < 3600)
		(void)snprintf(ret_text, QUANTITY_BYTES, "%um %02us", (unsigned int)(seconds / 60),
			       (unsigned int)(seconds % 60));
	else if (seconds < 1000 * 3600)
		(void)snprintf(ret_text, QUANTITY_BYTES, "%uh %02um",
			       (unsigned int)(seconds / 3600), (unsigned int)(seconds / 60 % 60));
	else
		(void)snprintf(ret_text, QUANTITY_BYTES, "> 999 h");
	return ret_text;
}

const char *terminal_quantity_size(uint64_t size_bytes, char ret_text[QUANTITY_BYTES])
{
	static const char *const units[] = {" kB", " MB", " GB", " TB", " PB", " EB"};
	double value = (double)size_bytes;
	size_t unit = 0;

	if (size_bytes < 1000) {
		(void)snprintf(ret_text, QUANTITY_BYTES, "%u B", (unsigned int)size_bytes);
		return ret_text;
	}
	value /= 1000;
	while (value >= 999.5) {
		value /= 1000;
		unit++;
	}
	(void)snprintf(ret_text, QUANTITY_BYTES, "%.*f%s", value < 9.95 ? 1 : 0, value,
		       units[unit]);
	return ret_text;
}

const char *terminal_quantity_rate(double per_second, char ret_text[QUANTITY_BYTES])
{
	if (per_second < 999.5)
		return write_digits(per_second, "/s", ret_text);
	if (per_second < 999500)
		return write_digits(per_second / 1e3, "k/s", ret_text);
	return write_digits(per_second / 1e6, "M/s", ret_text);
}
