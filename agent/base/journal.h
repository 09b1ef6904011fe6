/*
 * The log in systemd's journal, with fields: when what stderr leads to is the journal itself, lines
 * go by its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), in datagrams that never wait.
 * What it does not take goes to stderr, and is in the journal too then, without fields.
 */
#ifndef BASE_JOURNAL_H
#define BASE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include "base/log.h"

#define MAX_JOURNAL_ENTRY_BYTES 4096

/*
 * Makes the journal the log's sink when stream ("DEVICE:INODE", JOURNAL_STREAM of the environment,
 * NULL when there is none) is what fd is, and the socket (NULL: the journal's own) can be reached.
 * Before there are threads.
 */
bool journal_open(const char *stream, int fd, const char *socket_path);

/* One entry as the protocol has it; 0 when it does not fit. For journal_open, and for tests. */
size_t journal_format(enum log_level level, struct log_place place, const char *text, size_t size,
		      char ret_entry[MAX_JOURNAL_ENTRY_BYTES]);

#endif
