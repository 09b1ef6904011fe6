/*
 * The last step before the queues: nothing is added to a segment after it. What earlier rooms
 * should have kept back already is looked at once more here, so that one forgotten place is not a
 * leak. Capture thread.
 */
#ifndef PROCESSORS_SCRUBBER_H
#define PROCESSORS_SCRUBBER_H

#include "model/segment.h"

/*
 * In every span: values of headers and query parameters whose names tell of secrets become
 * [Filtered], other query values REDACTED, credentials in URLs REDACTED:REDACTED.
 */
void scrubber_scrub(struct segment *segment);

#endif
