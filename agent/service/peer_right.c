/* The kernel says who connected, as it was then. A user without a group beyond many is refused. */
#include "service/peer_right.h"

#include <sys/socket.h>
#include <unistd.h>

#define MAX_PEER_GROUPS 256

bool peer_right_is_given(const struct peer_identity *peer, uid_t own_uid, gid_t own_gid)
{
	if (peer->uid == 0 || peer->uid == own_uid)
		return true;
	/* The group root is not limpet's: an agent that runs as root serves root. */
	if (own_gid == 0)
		return false;
	if (peer->gid == own_gid)
		return true;
	for (size_t i = 0; i < peer->groups_count; i++)
		if (peer->groups[i] == own_gid)
			return true;
	return false;
}

bool peer_right_is_given_to(int fd)
{
	gid_t groups[MAX_PEER_GROUPS];
	struct peer_identity peer = {.groups = groups};
	struct ucred credentials;
	socklen_t size = sizeof(credentials), groups_size = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
		return false;
	peer.uid = credentials.uid;
	peer.gid = credentials.gid;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &groups_size) == 0)
		peer.groups_count = groups_size / sizeof(groups[0]);
	return peer_right_is_given(&peer, geteuid(), getegid());
}
