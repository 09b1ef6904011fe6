/* Checks a record's kind and sizes and gives it a type: nothing after this looks at raw records.
 * Pure, total. */
#ifndef CAPTURE_EVENT_DECODER_H
#define CAPTURE_EVENT_DECODER_H

#include "model/event.h"

/* The record must be aligned to 8 bytes. -EINVAL: not a record of this version; *ret untouched. */
int event_decoder_decode(struct view record, struct event *ret);

#endif
