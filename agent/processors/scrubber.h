/*
 * The last step before the queues: nothing is added to a segment after it. What earlier rooms
 * should have kept back already is looked at once more here, so that one forgotten place is not a
 * leak. Capture thread.
 */
#ifndef PROCESSORS_SCRUBBER_H
#define PROCESSORS_SCRUBBER_H

#include "model/crash.h"
#include "model/segment.h"

/*
 * In every span: values of headers and query parameters whose names tell of secrets become
 * [Filtered], other query values REDACTED, credentials in URLs REDACTED:REDACTED.
 */
void scrubber_scrub(struct segment *segment);

/* The same in a crash's request and breadcrumbs; in what the program itself wrote (standard error,
 * its abort message, exceptions and what was printed and logged of them, source lines) whatever
 * stands behind such a name. A text too long for that is [Filtered] as a whole. */
void scrubber_scrub_crash(struct crash *crash);

#endif
