/*
 * Where container runtimes listen: "cri:PATH,docker:PATH,…", a path may hold a pattern. Looked for
 * when somebody asks; who is not there is asked again later, ever more seldom, and told of once.
 * The lookup's thread only.
 */
#ifndef CONTAINERS_RUNTIME_SOCKETS_H
#define CONTAINERS_RUNTIME_SOCKETS_H

#include <stdbool.h>
#include <stdint.h>
#include "process/container_component.h"

#define MAX_RUNTIME_SOCKETS 16
#define MAX_SOCKET_PATH     108

enum runtime_protocol { PROTOCOL_CRI, PROTOCOL_DOCKER };

struct runtime_socket {
	char pattern[MAX_SOCKET_PATH];
	enum runtime_protocol protocol;
	uint64_t next_ns; /* not asked before */
	uint64_t backoff_ns;
	bool is_told;
};

struct runtime_sockets {
	struct runtime_socket items[MAX_RUNTIME_SOCKETS];
	uint32_t count;
	bool is_absence_told;
};

/* "auto": the usual ones; "off" or nothing: nobody is asked. -EINVAL: said what is wrong with it.
 */
int runtime_sockets_parse(struct runtime_sockets *ret, const char *text);

/* Could a container of this runtime be known to somebody there? */
bool runtime_sockets_serve(const struct runtime_sockets *sockets, enum container_runtime runtime);
bool runtime_sockets_fits(const struct runtime_socket *socket, enum container_runtime runtime);

/* The paths that exist now: up to max, each ended by NUL in ret. */
uint32_t runtime_sockets_find(const struct runtime_socket *socket, char (*ret)[MAX_SOCKET_PATH],
			      uint32_t max);

/* Asking failed (-errno) or did not: when it may be asked again. */
void runtime_sockets_note(struct runtime_socket *socket, const char *path, int err,
			  uint64_t now_ns);

/* Somebody was to be asked about, and not one socket is there: said once. */
void runtime_sockets_note_absence(struct runtime_sockets *sockets, enum container_runtime runtime);

#endif
