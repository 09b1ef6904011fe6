/*
 * The agent's own log: one line per message on stderr, any thread. Text from a traced program or a
 * server must pass log_escape first, so that it cannot reach a terminal as control codes. Whoever
 * gives up logs, once.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_set_level(enum log_level level);
bool log_is_enabled(enum log_level level);

/* "limpet: <text>" (with the level's word in front for warnings and debug). No trailing newline in
 * the format. */
void log_message(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)   log_message(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_message(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_message(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* Printable ASCII and valid UTF-8 stay; everything else becomes \xNN, cut to fit. Always
 * NUL-terminated; returns buffer. */
const char *log_escape(struct view text, char *buffer, size_t size);

/* True at most once per interval and gate (a static uint64_t starting at 0); for messages from
 * repeating paths. */
bool log_gate(uint64_t *gate_ns, uint64_t interval_ns);

#endif
