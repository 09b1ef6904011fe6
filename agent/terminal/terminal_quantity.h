/* Numbers with units, short enough for a column: at most 7 columns for a duration or a rate. */
#ifndef TERMINAL_TERMINAL_QUANTITY_H
#define TERMINAL_TERMINAL_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#define QUANTITY_BYTES 32

/* "37 µs" (us without UTF-8), "1.23 ms", "45.6 s", "12m 03s", "3h 20m". Returns ret_text. */
const char *terminal_quantity_duration(uint64_t duration_ns, bool is_utf8,
				       char ret_text[QUANTITY_BYTES]);

/* "52 B", "1.2 kB", "34 MB". */
const char *terminal_quantity_size(uint64_t size_bytes, char ret_text[QUANTITY_BYTES]);

/* Per second: "0.25/s", "12.3/s", "4.5k/s". */
const char *terminal_quantity_rate(double per_second, char ret_text[QUANTITY_BYTES]);

#endif
