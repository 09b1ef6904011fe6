/* The agent's own log. Formats into a local buffer and writes it with one write(2), so that lines
 * never mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/utf8.h"

static enum log_level current_level = LOG_LEVEL_INFO;
static log_sink_fn sink;
static char first_error[512];

void log_set_level(enum log_level level)
{
	__atomic_store_n(&current_level, level, __ATOMIC_RELAXED);
}

bool log_is_enabled(enum log_level level)
{
	return level <= __atomic_load_n(&current_level, __ATOMIC_RELAXED);
}

void log_set_sink(log_sink_fn new_sink)
{
	sink = new_sink;
}

/* Whoever comes first writes it; it is read when the start has failed, by the same thread. */
static void keep_first_error(const char *text, size_t size)
{
	static bool is_taken;

	if (__atomic_exchange_n(&is_taken, true, __ATOMIC_RELAXED))
		return;
	size = size < sizeof(first_error) - 1 ? size : sizeof(first_error) - 1;
	memcpy(first_error, text, size);
	first_error[size] = '\0';
}

const char *log_first_error(void)
{
	return first_error;
}

void log_message_at(enum log_level level, struct log_place place, const char *format, ...)
{
	static const char *const words[] = {"", "warning: ", "", "debug: "};
	char line[2048];
	va_list args;
	int prefix, size;

	if (!log_is_enabled(level))
		return;
	prefix = snprintf(line, sizeof(line), "limpet: %s", words[level]);
	va_start(args, format);
	size = vsnprintf(line + prefix, sizeof(line) - (size_t)prefix - 1, format, args);
	va_end(args);
	if (size < 0)
		return;
	size += prefix;
	if (size > (int)sizeof(line) - 2)
		size = sizeof(line) - 2;
	if (level == LOG_LEVEL_ERROR)
		keep_first_error(line + prefix, (size_t)(size - prefix));
	if (sink && sink(level, place, line + prefix, (size_t)(size - prefix)))
		return;
	line[size] = '\n';
	/* A log that cannot be written has nowhere to complain. */
	if (write(STDERR_FILENO, line, (size_t)size + 1) < 0)
		return;
}

const char *log_escape(struct view text, char *buffer, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	while (text.size) {
		unsigned char byte = (unsigned char)text.bytes[0];
		size_t length = utf8_printable_length(text);

		if (used + (length ? length : 4) + 1 > size)
			break;
		if (length) {
			memcpy(buffer + used, text.bytes, length);
			used += length;
		} else {
			buffer[used++] = '\\';
			buffer[used++] = 'x';
			buffer[used++] = hex[byte >> 4];
			buffer[used++] = hex[byte & 15];
		}
		text = view_skip(text, length ? length : 1);
	}
	if (size)
		buffer[used] = '\0';
	return buffer;
}

bool log_gate(uint64_t *gate_ns, uint64_t interval_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t until = __atomic_load_n(gate_ns, __ATOMIC_RELAXED);

	if (now < until)
		return false;
	if (__builtin_add_overflow(now, interval_ns, &now))
		now = UINT64_MAX;
	return __atomic_compare_exchange_n(gate_ns, &until, now, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}
