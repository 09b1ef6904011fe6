/*
 * The agent's own log: one line per message on stderr or in the journal, any thread. Text from a
 * traced program or a server must pass log_escape first, so that it cannot reach a terminal as
 * control codes. Whoever gives up logs, once.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_set_level(enum log_level level);
bool log_is_enabled(enum log_level level);

/* Where a message comes from: for the fields of the journal. */
struct log_place {
	const char *file, *function;
	int line;
};

/* "limpet: <text>" (with the level's word in front for warnings and debug). No trailing newline in
 * the format. */
void log_message_at(enum log_level level, struct log_place place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define LOG_PLACE               ((struct log_place){__FILE__, __func__, __LINE__})
#define log_message(level, ...) log_message_at(level, LOG_PLACE, __VA_ARGS__)

#define log_error(...)   log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Takes a line instead of stderr, without "limpet: " and newline. False: it could not, stderr has
 * it then. Any thread; set once, before there are threads. */
typedef bool (*log_sink_fn)(enum log_level level, struct log_place place, const char *text,
			    size_t size);
void log_set_sink(log_sink_fn sink);

/* The first error that was logged, "" when there was none: why a start failed. */
const char *log_first_error(void);

/* Printable ASCII and valid UTF-8 stay; everything else becomes \xNN, cut to fit. Always
 * NUL-terminated; returns buffer. */
const char *log_escape(struct view text, char *buffer, size_t size);

/* True at most once per interval and gate (a static uint64_t starting at 0); for messages from
 * repeating paths. */
bool log_gate(uint64_t *gate_ns, uint64_t interval_ns);

#endif
