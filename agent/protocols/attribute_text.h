/* Text from the network as attribute values: valid UTF-8, one line, not longer than asked for. */
#ifndef PROTOCOLS_ATTRIBUTE_TEXT_H
#define PROTOCOLS_ATTRIBUTE_TEXT_H

#include "model/attribute.h"

#define MAX_ATTRIBUTE_TEXT_BYTES 2048

/*
 * Copies text into the buffer: bytes that are not UTF-8 and control characters become U+FFFD, line
 * breaks with the blanks around them (folded fields) one space. Cut between characters to fit.
 * Text that is fine as it is comes back as it is, uncopied.
 */
struct view attribute_text_clean(struct view text, char *buffer, size_t size);

/* Sets the cleaned text; max_bytes is at most MAX_ATTRIBUTE_TEXT_BYTES. */
void attribute_text_set(struct attribute_list *list, struct arena *arena, const char *key,
			struct view text, size_t max_bytes);

#endif
