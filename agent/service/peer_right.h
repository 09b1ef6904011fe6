/* May who is at the other end of a UNIX socket see the agent's status? Root, the agent's own user,
 * and members of its group may. Any thread. */
#ifndef SERVICE_PEER_RIGHT_H
#define SERVICE_PEER_RIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct peer_identity {
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t groups_count;
};

bool peer_right_is_given(const struct peer_identity *peer, uid_t own_uid, gid_t own_gid);

/* The same for who connected; what cannot be read is refused. */
bool peer_right_is_given_to(int fd);

#endif
