/*
 * Names of containers by their ids, asked for on a thread of its own and kept: what the capture
 * thread wants to know, it finds or it has asked for. The source of metadata for
 * agent/metadata_stage.c. The thread starts with the first container.
 */
#ifndef CONTAINERS_CONTAINER_LOOKUP_H
#define CONTAINERS_CONTAINER_LOOKUP_H

#include "model/metadata.h"
#include "process/container_component.h"
#include "settings/metadata_settings.h"

struct container_lookup;

/* Who is asked; a test has its own. As runtime_question_ask. */
struct runtime_question;
struct container_answer;
struct runtime_sockets;
typedef int (*container_ask)(struct runtime_sockets *sockets,
			     const struct runtime_question *question,
			     struct container_answer **ret);

/* settings are borrowed. -EINVAL: the list of sockets cannot be used (said). */
int container_lookup_new(struct container_lookup **ret, const struct metadata_settings *settings);
/* A request under way is broken off. */
void container_lookup_free(struct container_lookup **lookup);

void container_lookup_set_ask(struct container_lookup *lookup, container_ask ask);

/* The row for model/metadata.h; the lookup is borrowed. Capture thread. */
struct metadata_source container_lookup_source(struct container_lookup *lookup);

/*
 * The name of a container by its id: METADATA_KNOWN with what is there of it in ret_name (of size,
 * cut), _PENDING once it is asked for, _NONE when nobody can say. Empty but after _KNOWN. Capture
 * thread.
 */
enum metadata_state container_lookup_name(struct container_lookup *lookup, struct view id,
					  enum container_runtime runtime, char *ret_name,
					  size_t size);

/* Rises with every answer that came, refusals too. */
uint64_t container_lookup_answers_count(struct container_lookup *lookup);

#endif
