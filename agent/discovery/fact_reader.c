/* /proc first, then whoever knows containers and pods; before both of them the wishes of pods. */
#include "discovery/fact_reader.h"

#include <errno.h>
#include <stdlib.h>

int fact_reader_init(struct fact_reader *reader)
{
	reader->sources_count = 0;
	reader->facts = calloc(1, sizeof(*reader->facts));
	return reader->facts ? 0 : -ENOMEM;
}

void fact_reader_done(struct fact_reader *reader)
{
	free(reader->facts);
	reader->facts = NULL;
}

int fact_reader_set_roots(struct fact_reader *reader, const char *proc_root, const char *root,
			  struct listener_table *listeners)
{
	return proc_facts_init(&reader->proc, proc_root, root, listeners);
}

int fact_reader_add_source(struct fact_reader *reader, const struct discovery_fact_source *source)
{
	if (reader->sources_count == MAX_FACT_SOURCES)
		return -ENOSPC;
	reader->sources[reader->sources_count++] = *source;
	return 0;
}

/* What nobody knows and nobody will is not there: unless not even /proc could be read. */
static void read_fact(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	struct fact_reader *reader = self;
	uint32_t bit = 1u << field;

	proc_facts_read(&reader->proc, field, facts);
	for (uint32_t i = 0; i < reader->sources_count && !(facts->known & bit); i++)
		reader->sources[i].read(reader->sources[i].self, field, facts);
	if (!((facts->known | facts->awaited) & bit) && facts->known & 1u << DISCOVERY_UNIT)
		facts->known |= bit;
}

static void begin_facts(struct fact_reader *reader, uint32_t tgid, struct view program)
{
	struct discovery_facts *facts = reader->facts;

	/* The large buffers need no clearing. */
	memset(facts, 0, offsetof(struct discovery_facts, executable_bytes));
	facts->tgid = (pid_t)tgid;
	facts->executable = program;
	if (program.size)
		facts->known = 1u << DISCOVERY_EXECUTABLE;
	for (uint32_t i = 0; i < reader->sources_count; i++) {
		if (!reader->sources[i].has_wishes)
			continue;
		proc_facts_read(&reader->proc, DISCOVERY_CONTAINER, facts);
		reader->sources[i].read(reader->sources[i].self, DISCOVERY_WISH, facts);
	}
}

uint32_t fact_reader_decide(struct fact_reader *reader, const struct discovery_rules *rules,
			    uint32_t tgid, struct view program, struct discovery_verdict *ret)
{
	struct discovery_fact_source source = {reader, read_fact, false};

	begin_facts(reader, tgid, program);
	rule_matcher_decide(rules, &source, reader->facts, ret);
	return reader->facts->awaited;
}
