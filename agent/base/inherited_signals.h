/* Signals that whoever started us ignored and that we or the C library take: what we start is to
 * find them as if we were not there. */
#ifndef BASE_INHERITED_SIGNALS_H
#define BASE_INHERITED_SIGNALS_H

/* Before the first thread, and before any of them is changed. */
void inherited_signals_note(void);

/* In a child between fork and exec: only system calls. Without a note before, nothing changes. */
void inherited_signals_restore(void);

#endif
