/* Facts about a process from /proc, one file at a time; the listening sockets come from a table
 * that is read now and then. */
#ifndef DISCOVERY_PROC_FACTS_H
#define DISCOVERY_PROC_FACTS_H

#include "discovery/discovery_facts.h"
#include "discovery/listener_table.h"

struct proc_facts {
	struct proc_reader proc;
	const char *root;                 /* "": where etc/passwd is found */
	struct listener_table *listeners; /* borrowed */
	char owner[OWNER_NAME_BYTES];     /* the last one asked for: most processes share few */
	uint32_t owner_uid;
};

int proc_facts_init(struct proc_facts *facts, const char *proc_root, const char *root,
		    struct listener_table *listeners);

/* As struct discovery_fact_source has it. Container names, namespaces and labels it does not know:
 * of a process in no container there are none. */
void proc_facts_read(void *self, enum discovery_field field, struct discovery_facts *facts);

#endif
