/*
 * Which processes of a host are traced, as people write it:
 *
 *     ignore executable=sshd,/usr/sbin/cron; trace port=8000-8099 user=www-data; ignore
 *
 * Rules are asked in their order, the first that matches decides; who matches none is traced. All
 * fields of a rule must match, one of a field's values is enough. A value with a blank, a comma or
 * a semicolon stands in double quotes (\" and \\ inside). Parsed here once; matched in discovery/.
 */
#ifndef SETTINGS_DISCOVERY_RULES_H
#define SETTINGS_DISCOVERY_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_DISCOVERY_RULES      128
#define MAX_DISCOVERY_VALUES     512 /* of all rules together */
#define MAX_DISCOVERY_TEXT_BYTES 8192

/* In the order in which they are asked: what costs least to know first. */
enum discovery_field {
	DISCOVERY_EXECUTABLE, /* glob of its path; without a slash: of its base name */
	DISCOVERY_USER,       /* name or number */
	DISCOVERY_MIN_AGE,    /* a time */
	DISCOVERY_UNIT,       /* glob: nginx.service */
	DISCOVERY_CONTAINER,  /* glob of its name or of its id */
	DISCOVERY_COMMAND,    /* glob of its arguments, joined by blanks */
	DISCOVERY_PORT,       /* a TCP port it listens on, or a range of them */
	DISCOVERY_NAMESPACE,  /* glob: Kubernetes */
	DISCOVERY_LABEL,      /* NAME=GLOB, or NAME */
	DISCOVERY_FIELDS_COUNT
};

struct discovery_value {
	enum discovery_field field;
	struct view text;     /* the glob, the user, the label's name */
	struct view glob;     /* DISCOVERY_LABEL: of its value */
	uint16_t first, last; /* DISCOVERY_PORT */
	uint64_t age_ns;      /* DISCOVERY_MIN_AGE */
};

struct discovery_rule {
	bool is_trace;   /* false: ignore */
	uint32_t fields; /* bits 1 << enum discovery_field */
	const struct discovery_value *values;
	uint32_t values_count;
};

struct discovery_rules {
	uint32_t rules_count;
	uint32_t values_count;
	uint32_t fields; /* of all rules */
	struct discovery_rule rules[MAX_DISCOVERY_RULES];
	struct discovery_value values[MAX_DISCOVERY_VALUES];
	size_t text_size;
	char text[MAX_DISCOVERY_TEXT_BYTES]; /* what the views point into */
};

/* -EINVAL: *ret_problem (of problem_size) says which rule, what and what is expected, escaped.
 * -ENOMEM. Empty text: no rules. */
int discovery_rules_parse(struct discovery_rules **ret, struct view text, char *ret_problem,
			  size_t problem_size);
void discovery_rules_free(struct discovery_rules **rules);

/* "executable", "min_age" …; NULL beyond the last. */
const char *discovery_rules_field_name(enum discovery_field field);

#endif
