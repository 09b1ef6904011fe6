/*
 * Which TCP sockets listen on the ports that rules name, in all network namespaces that have a
 * process. Read from /proc/PID/net/tcp and tcp6 of one process of each, the one with the lowest
 * number, where listening sockets come first: a namespace costs two small reads. Bounded; what
 * finds no room is not seen. Capture thread.
 */
#ifndef DISCOVERY_LISTENER_TABLE_H
#define DISCOVERY_LISTENER_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"
#include "settings/discovery_rules.h"

#define MAX_LISTENERS          4096
#define MAX_NETWORK_NAMESPACES 256

struct listener_table;

int listener_table_new(struct listener_table **ret, const char *proc_root);
void listener_table_free(struct listener_table **table);

/* Forgets what it has, and looks for the ports of these rules from now on; borrowed. */
void listener_table_set_rules(struct listener_table *table, const struct discovery_rules *rules);

/* Reads all known namespaces; looks for them first with `finds_namespaces`, and where whoever one
 * was read by is gone. True: a socket listens on a wanted port that did not before. */
bool listener_table_scan(struct listener_table *table, bool finds_namespaces);

/*
 * The wanted ports a process listens on. -errno: its descriptors cannot be read; -EAGAIN: so many
 * were looked at since the last scan that it has to wait for the next one.
 */
int listener_table_ports(struct listener_table *table, pid_t tgid, uint16_t *ret_ports,
			 uint32_t max_ports, uint32_t *ret_count);

/* A line of /proc/net/tcp: a listening socket's port and inode. False: it is none. */
bool listener_table_parse_line(struct view line, uint16_t *ret_port, uint64_t *ret_inode);

#endif
