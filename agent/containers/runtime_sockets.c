/* A pattern that matches nothing is no failure: most hosts have one runtime. */
#include "containers/runtime_sockets.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/view.h"

#define FIRST_BACKOFF_NS (1 * NS_PER_S)
#define LAST_BACKOFF_NS  (60 * NS_PER_S)

/* Of the system, not of users: whoever owns a socket may call a container what he likes. */
static const char usual[] = "cri:/run/containerd/containerd.sock,cri:/run/crio/crio.sock,"
			    "cri:/run/k3s/containerd/containerd.sock,cri:/run/cri-dockerd.sock,"
			    "docker:/run/docker.sock,docker:/run/podman/podman.sock";

static int add_socket(struct runtime_sockets *sockets, struct view word)
{
	struct runtime_socket *socket = &sockets->items[sockets->count];
	struct view path;

	if (view_starts_with(word, VIEW_LITERAL("cri:"))) {
		socket->protocol = PROTOCOL_CRI;
		path = view_skip(word, 4);
	} else if (view_starts_with(word, VIEW_LITERAL("docker:"))) {
		socket->protocol = PROTOCOL_DOCKER;
		path = view_skip(word, 7);
	} else {
		return -EINVAL;
	}
	if (!view_starts_with(path, VIEW_LITERAL("/")) || path.size >= MAX_SOCKET_PATH)
		return -EINVAL;
	memcpy(socket->pattern, path.bytes, path.size);
	sockets->count++;
	return 0;
}

int runtime_sockets_parse(struct runtime_sockets *ret, const char *text)
{
	struct runtime_sockets sockets = {0};
	struct view rest = view_of_text(text ? text : ""), word;

	if (view_equals(rest, VIEW_LITERAL("auto")))
		rest = view_of_text(usual);
	while (view_next_token(&rest, ',', &word)) {
		word = view_trim(word);
		if (!word.size || view_equals(word, VIEW_LITERAL("off")))
			continue;
		if (sockets.count == MAX_RUNTIME_SOCKETS || add_socket(&sockets, word) < 0) {
			log_error("container-sockets: \"%.*s\" is not cri:/PATH or docker:/PATH "
				  "(or there are more than %d)",
				  VIEW_FORMAT(word), MAX_RUNTIME_SOCKETS);
			return -EINVAL;
		}
	}
	*ret = sockets;
	return 0;
}

bool runtime_sockets_fits(const struct runtime_socket *socket, enum container_runtime runtime)
{
	switch (runtime) {
	case CONTAINER_RUNTIME_UNKNOWN:
		return true;
	case CONTAINER_RUNTIME_CONTAINERD:
	case CONTAINER_RUNTIME_CRIO:
		return socket->protocol == PROTOCOL_CRI;
	case CONTAINER_RUNTIME_DOCKER:
	case CONTAINER_RUNTIME_PODMAN:
		return socket->protocol == PROTOCOL_DOCKER;
	default:
		return false;
	}
}

bool runtime_sockets_serve(const struct runtime_sockets *sockets, enum container_runtime runtime)
{
	for (uint32_t i = 0; i < sockets->count; i++)
		if (runtime_sockets_fits(&sockets->items[i], runtime))
			return true;
	return false;
}

uint32_t runtime_sockets_find(const struct runtime_socket *socket, char (*ret)[MAX_SOCKET_PATH],
			      uint32_t max)
{
	glob_t found = {0};
	uint32_t count = 0;

	if (glob(socket->pattern, GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && count < max; i++)
			if (strlen(found.gl_pathv[i]) < MAX_SOCKET_PATH)
				strcpy(ret[count++], found.gl_pathv[i]);
	globfree(&found);
	return count;
}

void runtime_sockets_note(struct runtime_socket *socket, const char *path, int err, uint64_t now_ns)
{
	if (err == 0) {
		socket->backoff_ns = 0;
		socket->next_ns = 0;
		socket->is_told = false;
		return;
	}
	socket->backoff_ns = socket->backoff_ns ? socket->backoff_ns * 2 : FIRST_BACKOFF_NS;
	if (socket->backoff_ns > LAST_BACKOFF_NS)
		socket->backoff_ns = LAST_BACKOFF_NS;
	socket->next_ns = now_ns + socket->backoff_ns;
	if (socket->is_told)
		return;
	socket->is_told = true;
	log_warning("cannot ask %s for the names of containers: %s; they carry their ids alone "
		    "until it answers (%s)",
		    path, strerror(-err),
		    err == -EACCES ? "run limpet as a user who may, or set container-sockets"
				   : "is the runtime running? see container-sockets");
}

void runtime_sockets_note_absence(struct runtime_sockets *sockets, enum container_runtime runtime)
{
	const char *name = container_component_runtime_name(runtime);

	if (sockets->is_absence_told)
		return;
	sockets->is_absence_told = true;
	log_info("containers%s%s are seen, but no socket of a runtime is there to ask for their "
		 "names: they carry their ids alone (see container-sockets)",
		 name ? " of " : "", name ? name : "");
}
