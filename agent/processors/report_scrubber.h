/*
 * Secrets in a report as it was printed: prose as text_scrubber has it, but for the lines of source
 * that Python prints below the place they are from. Pure.
 */
#ifndef PROCESSORS_REPORT_SCRUBBER_H
#define PROCESSORS_REPORT_SCRUBBER_H

#include "base/arena.h"
#include "base/byte_buffer.h"

/* As text_scrubber_scrub. */
struct view report_scrubber_scrub(struct view text, struct arena *arena, struct byte_buffer *work);

#endif
