/*
 * What a runtime said of one container, as the attributes a resource gets. Texts come from whoever
 * named the container: made valid and capped here. Immutable once it is known to others.
 */
#ifndef CONTAINERS_CONTAINER_ANSWER_H
#define CONTAINERS_CONTAINER_ANSWER_H

#include "base/arena.h"
#include "model/attribute.h"
#include "model/resource.h"

#define MAX_ANSWER_BYTES      32768
#define MAX_ANSWER_TEXT_BYTES 1024
#define MAX_CONTAINER_LABELS  32
#define MAX_IMAGE_DIGESTS     8

/* A boolean attribute: a process of the pod's own making ("pause"), which runtimes end by SIGKILL.
 */
#define IS_SANDBOX "limpet.container.sandbox"

struct container_answer {
	struct arena arena;
	struct attribute_list attributes;
	uint32_t labels_count;
};

int container_answer_new(struct container_answer **ret);
void container_answer_free(struct container_answer **answer);

/* key outlives the answer. An empty text sets nothing. */
void container_answer_set(struct container_answer *answer, const char *key, struct view text);
void container_answer_set_integer(struct container_answer *answer, const char *key, int64_t value);

/* A list of up to MAX_IMAGE_DIGESTS texts; empty ones are left out. */
void container_answer_set_list(struct container_answer *answer, const char *key,
			       const struct view *texts, size_t count);

/*
 * "REGISTRY/NAME:TAG@DIGEST", as somebody asked for it: container.image.name and .tags,
 * oci.manifest.digest. An id ("sha256:…") is no name and sets nothing.
 */
void container_answer_set_image(struct container_answer *answer, struct view reference);

/* "NAME@DIGEST": container.image.repo_digests and the manifest's, when not known yet. */
void container_answer_set_digests(struct container_answer *answer, const struct view *digests,
				  size_t count);

/*
 * kubelet's own labels become k8s.* attributes; another becomes container.label.KEY when a pattern
 * matches ("org.opencontainers.image.*,com.docker.compose.*"; NULL: none).
 */
void container_answer_add_label(struct container_answer *answer, const char *patterns,
				struct view key, struct view value);

/* ISO 8601, from nanoseconds since 1970; 0: not known. */
void container_answer_set_start(struct container_answer *answer, int64_t unix_ns);

/* Into a resource that nobody else has. */
void container_answer_apply(const struct container_answer *answer, struct resource *resource);

#endif
