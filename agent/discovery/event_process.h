/* Whose a record is, and whether it is worth a decision. */
#ifndef DISCOVERY_EVENT_PROCESS_H
#define DISCOVERY_EVENT_PROCESS_H

#include "model/event.h"

enum event_weight {
	EVENT_OF_NOBODY, /* of no process: let through */
	EVENT_IS_LIGHT,  /* not worth a decision, left out if there is one */
	EVENT_IS_HEAVY,  /* something of the process would come of it */
};

/* Would something have come of it for sure? A process may end badly without a word. */
bool event_process_is_loss(const struct event *event);

/* *ret_tgid is set unless EVENT_OF_NOBODY. */
enum event_weight event_process_of(const struct event *event, uint32_t *ret_tgid);

#endif
