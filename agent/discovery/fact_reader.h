/*
 * What is known of the process that is decided about: read from one source after the other, as far
 * as the rules ask. One process at a time. Borrows nothing but the table of listening sockets.
 */
#ifndef DISCOVERY_FACT_READER_H
#define DISCOVERY_FACT_READER_H

#include "discovery/proc_facts.h"
#include "discovery/rule_matcher.h"

#define MAX_FACT_SOURCES 4

struct fact_reader {
	struct proc_facts proc;
	struct discovery_fact_source sources[MAX_FACT_SOURCES];
	uint32_t sources_count;
	struct discovery_facts *facts;
};

int fact_reader_init(struct fact_reader *reader);
void fact_reader_done(struct fact_reader *reader);
int fact_reader_set_roots(struct fact_reader *reader, const char *proc_root, const char *root,
			  struct listener_table *listeners);

/* -ENOSPC beyond MAX_FACT_SOURCES. */
int fact_reader_add_source(struct fact_reader *reader, const struct discovery_fact_source *source);

/* program: the path of its executable, empty when nobody told. Returns what was awaited. */
uint32_t fact_reader_decide(struct fact_reader *reader, const struct discovery_rules *rules,
			    uint32_t tgid, struct view program, struct discovery_verdict *ret);

#endif
