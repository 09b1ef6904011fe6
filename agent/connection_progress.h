/* How far the bodies of a connection have come, as a record of our own making: so that a replay
 * sees what we saw. Capture thread. */
#ifndef CONNECTION_PROGRESS_H
#define CONNECTION_PROGRESS_H

#include "pipeline.h"
#include "shared/record.h"

/* False: nobody can be asked, or the connection is gone. */
bool connection_progress_ask(const struct pipeline_control *control,
			     const struct connection_identity *connection,
			     struct connection_end_record *ret);

#endif
