/* The JSON of the Docker Engine API, which Podman speaks too. Pure; answers are hostile input. */
#ifndef CONTAINERS_DOCKER_MESSAGE_H
#define CONTAINERS_DOCKER_MESSAGE_H

#include "containers/container_answer.h"

#define MAX_IMAGE_ID_BYTES 80

/*
 * GET /containers/ID/json. ret_image: the id of its image, "sha256:…", to ask for next; empty when
 * there is none that could stand in a path. -EBADMSG: no such object, or about somebody else.
 */
int docker_message_read_container(struct view body, const char *container_id,
				  const char *label_patterns, struct container_answer *ret,
				  char ret_image[MAX_IMAGE_ID_BYTES]);

/* GET /images/ID/json: digests, and names where the container had only an id. */
int docker_message_read_image(struct view body, struct container_answer *ret);

#endif
