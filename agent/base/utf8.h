/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/view.h"

/* Bytes of the valid sequence at the start of text (1 to 4), 0 when there is none. */
size_t utf8_sequence_length(struct view text);

/* The same, but 0 also for control characters (C0, DEL, C1) and bidirectional overrides: safe for a
 * terminal. */
size_t utf8_printable_length(struct view text);

/* Into buffer, cut between characters to fit; what is not UTF-8 becomes U+FFFD. size: 4 at least.
 */
struct view utf8_clean(struct view text, char *buffer, size_t size);

#endif
