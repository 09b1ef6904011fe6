/*
 * What rules may ask about one process. Filled as far as it is asked for, by sources in turn: /proc
 * (discovery/proc_facts.h), and whoever knows its container or pod. A source that will know later
 * says so (`awaited`), and calls discovery_facts_changed when it does. Everything in here is the
 * process's own word or its container's: hostile, never printed unescaped.
 */
#ifndef DISCOVERY_DISCOVERY_FACTS_H
#define DISCOVERY_DISCOVERY_FACTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "process/container_id.h"
#include "process/host_identity.h"
#include "process/proc_reader.h"
#include "settings/discovery_rules.h"

#define MAX_DISCOVERY_PORTS        64
#define MAX_DISCOVERY_NAME_BYTES   256
#define MAX_DISCOVERY_LABELS_BYTES 32768 /* a pod has 64, of 381 bytes at most */

/* Of `awaited`: a wish may come. Also the field that a source with wishes is asked for first. */
#define DISCOVERY_WISH DISCOVERY_FIELDS_COUNT

/* What the process's pod asks for: the annotation limpet.io/trace. */
enum discovery_wish { WISH_NONE, WISH_TRACE, WISH_IGNORE };

struct discovery_facts {
	pid_t tgid;
	uint32_t known;   /* bits 1 << enum discovery_field: was read, even if there is none */
	uint32_t awaited; /* of the others: somebody will know them later */
	struct view executable;
	struct view command; /* arguments joined by blanks */
	uint32_t uid;
	uint64_t age_ns;
	char user[OWNER_NAME_BYTES];
	char unit[UNIT_NAME_BYTES];
	char container_id[CONTAINER_ID_BYTES];
	char pod_uid[POD_UID_BYTES]; /* empty: in no pod */
	enum container_runtime runtime;
	char container_name[MAX_DISCOVERY_NAME_BYTES];
	char namespace_name[MAX_DISCOVERY_NAME_BYTES];
	struct view labels; /* NAME=VALUE, each ended by NUL */
	enum discovery_wish wish;
	uint16_t ports[MAX_DISCOVERY_PORTS];
	uint32_t ports_count;
	bool has_cgroup; /* the source's own: unit and container id come from one file */
	char executable_bytes[MAX_EXECUTABLE_PATH_BYTES];
	char command_bytes[MAX_COMMAND_LINE_BYTES];
	char labels_bytes[MAX_DISCOVERY_LABELS_BYTES];
};

/* Fills this field if it can, and sets its bit in known or awaited. Container id and pod uid are
 * there already, when it is asked for what /proc does not know. */
struct discovery_fact_source {
	void *self;
	void (*read)(void *self, enum discovery_field field, struct discovery_facts *facts);
	bool has_wishes; /* asked for DISCOVERY_WISH with every decision */
};

#endif
