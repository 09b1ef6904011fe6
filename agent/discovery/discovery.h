/*
 * Which processes of a whole host are traced: one decision per process, made when something of it
 * is seen for the first time and its program's name is known, kept until it executes another
 * program. A child is what its parent is until it executes something itself. Nobody is asked about
 * at the start, so thousands of idle processes cost nothing. Without rules nothing is decided but
 * what pods wish. Bounded: a full table forgets who was not seen for longest, and decides anew.
 * Capture thread.
 */
#ifndef DISCOVERY_DISCOVERY_H
#define DISCOVERY_DISCOVERY_H

#include "base/drops.h"
#include "discovery/rule_matcher.h"
#include "model/event.h"
#include "settings/settings.h"

struct discovery;

enum discovery_state { DISCOVERY_UNDECIDED, DISCOVERY_TRACED, DISCOVERY_IGNORED };

struct discovery_sink {
	void *self;
	/*
	 * The process is traced or ignored from now on. is_final: nothing but another program
	 * changes that, so the kernel may know. Also called for one that stays ignored, when the
	 * kernel may have forgotten.
	 */
	void (*on_decision)(void *self, pid_t tgid, bool is_traced, bool is_final,
			    enum discovery_state before);
	/* Nothing is decided about it any more: the kernel's table has no place for it. */
	void (*on_forget)(void *self, pid_t tgid);
	/* Whatever is known of new programs and forks is to be handed over (discovery_takes). NULL:
	 * nothing is. */
	void (*on_catch_up)(void *self);
	/* Whoever is ignored by a rule is to be seen again: rules or listening sockets changed. */
	void (*on_heed_all)(void *self);
};

/* -EINVAL after a message: a rule is none. proc_root: "/proc", root: "", but in tests. */
int discovery_new(struct discovery **ret, const struct discovery_settings *settings,
		  size_t max_processes, const struct discovery_sink *sink, struct drops *drops);
void discovery_free(struct discovery **discovery);
int discovery_set_roots(struct discovery *discovery, const char *proc_root, const char *root);

/* New rules (SIGHUP): every decision is made anew, some at once, the rest in the next ticks.
 * -EINVAL after a message: the old ones stay. */
int discovery_set_rules(struct discovery *discovery, const struct discovery_settings *settings);

/*
 * Whoever knows containers or pods, asked after /proc for DISCOVERY_CONTAINER (the name),
 * _NAMESPACE and _LABEL; before all of them for DISCOVERY_WISH. -ENOSPC beyond four.
 */
int discovery_add_source(struct discovery *discovery, const struct discovery_fact_source *source);

/* What such a source knows of this process is there now, or has changed. */
void discovery_facts_changed(struct discovery *discovery, pid_t tgid);

/* What is known of many may have changed, children among them whose forks nobody saw: every
 * decision is made anew, as after new rules. */
void discovery_decide_again(struct discovery *discovery);

/* Does a rule name executables? Then on_catch_up is asked before each decision. */
bool discovery_names_executables(const struct discovery *discovery);

/* A process that is never traced, by no rule: ours. */
void discovery_exclude(struct discovery *discovery, pid_t tgid);

/* Is this process traced? Decides if nobody has yet. */
bool discovery_traces(struct discovery *discovery, pid_t tgid);

/* Was it decided that it is not? Only looks. */
bool discovery_ignores(const struct discovery *discovery, pid_t tgid);

/*
 * A record of the rings, before anybody else sees it: false when it is of a process that is not
 * traced. Notes forks and new programs.
 */
bool discovery_takes(struct discovery *discovery, const struct event *event);

/* The same of a mapping the kernel told of: the first one of a new program is that program. */
bool discovery_takes_image(struct discovery *discovery, const struct event *event);

/* Some records were lost: a new program may have been among them. */
void discovery_records_lost(struct discovery *discovery);

/* Who has come of age, who is left to be decided anew, new listening sockets. Every few
 * milliseconds. */
void discovery_tick(struct discovery *discovery, uint64_t now_ns);

struct discovery_counts {
	size_t traced, ignored;
};
struct discovery_counts discovery_count(const struct discovery *discovery);

#endif
