/* Asks the runtimes of this host, one after the other, who a container is. Blocks; the lookup's
 * thread. */
#ifndef CONTAINERS_RUNTIME_QUESTION_H
#define CONTAINERS_RUNTIME_QUESTION_H

#include "containers/container_answer.h"
#include "containers/runtime_sockets.h"

struct runtime_question {
	const char *container_id;
	enum container_runtime runtime;
	const char *label_patterns;
	uint64_t timeout_ms;     /* of one request */
	const bool *is_stopping; /* atomic */
};

/* 0; -ENOENT: asked, and nobody knows it; -ENOTCONN: there was nobody to ask, or no answer to be
 * read. */
int runtime_question_ask(struct runtime_sockets *sockets, const struct runtime_question *question,
			 struct container_answer **ret);

#endif
