/* A discovery over a made-up /proc, with its decisions written down: "+10" traced, "-10" ignored,
 * '?' not final, "(+)" or "(-)" what it was before. */
#ifndef SUPPORT_DISCOVERY_FIXTURE_H
#define SUPPORT_DISCOVERY_FIXTURE_H

#include "cmocka_test.h"
#include "discovery/discovery.h"
#include "fake_proc.h"

static struct fake_proc fake;
static struct discovery *discovery;
static struct drops drops;
static char told[1024];

static inline void on_decision(void *self, pid_t tgid, bool is_traced, bool is_final,
			       enum discovery_state before)
{
	size_t used = strlen(told);

	(void)self;
	snprintf(told + used, sizeof(told) - used, "%c%d%s%s ", is_traced ? '+' : '-', (int)tgid,
		 is_final ? "" : "?",
		 before == DISCOVERY_UNDECIDED ? ""
		 : before == DISCOVERY_TRACED  ? "(+)"
					       : "(-)");
}

static inline void on_forget(void *self, pid_t tgid)
{
	size_t used = strlen(told);

	(void)self;
	snprintf(told + used, sizeof(told) - used, "forget %d ", (int)tgid);
}

/* What the kernel tells of new programs once it is asked. */
static struct beginning {
	uint32_t tgid, parent_tgid;
	const char *path;
	uint64_t time_ns;
} beginnings[8];
static int beginnings_count;

static inline bool sees_beginning(const struct beginning *of)
{
	struct process_began_record record = {.tgid = of->tgid, .parent_tgid = of->parent_tgid};
	struct event event = {.kind = RECORD_PROCESS_BEGAN,
			      .time_ns = of->time_ns,
			      .began = &record,
			      .bytes = view_of_text(of->path ? of->path : "")};

	return discovery_takes(discovery, &event);
}

static inline void on_catch_up(void *self)
{
	(void)self;
	for (int i = 0; i < beginnings_count; i++)
		assert_false(sees_beginning(&beginnings[i]));
	beginnings_count = 0;
}

static inline void will_begin(uint32_t tgid, uint32_t parent_tgid, const char *path,
			      uint64_t time_ns)
{
	beginnings[beginnings_count++] = (struct beginning){tgid, parent_tgid, path, time_ns};
}

static inline void on_heed_all(void *self)
{
	(void)self;
	strcat(told, "heed ");
}

static inline void expect(const char *words)
{
	assert_string_equal(told, words);
	told[0] = '\0';
}

static inline void begin_with(const char *rules, size_t max_processes)
{
	struct discovery_sink sink = {NULL, on_decision, on_forget, on_catch_up, on_heed_all};
	struct discovery_settings settings = {.rules = (char *)rules};

	assert_int_equal(discovery_new(&discovery, &settings, max_processes, &sink, &drops), 0);
	assert_int_equal(discovery_set_roots(discovery, fake.proc, fake.root), 0);
	told[0] = '\0';
	beginnings_count = 0;
}

static inline int end_discovery(void **state)
{
	(void)state;
	discovery_free(&discovery);
	fake_proc_end(&fake);
	return 0;
}

static inline bool sees_segment(uint32_t tgid, uint64_t time_ns)
{
	struct segment_record record = {.tgid = tgid};
	struct event event = {.kind = RECORD_SEGMENT, .time_ns = time_ns, .segment = &record};

	return discovery_takes(discovery, &event);
}

static inline bool sees_fork(uint32_t parent, uint32_t child, uint64_t time_ns)
{
	struct process_fork_record record = {.parent_tgid = parent, .tgid = child};
	struct event event = {.kind = RECORD_PROCESS_FORK, .time_ns = time_ns, .fork = &record};

	return discovery_takes(discovery, &event);
}

static inline bool sees_exec(uint32_t tgid, uint64_t time_ns)
{
	struct process_exec_record record = {.tgid = tgid};
	struct event event = {.kind = RECORD_PROCESS_EXEC, .time_ns = time_ns, .exec = &record};

	return discovery_takes(discovery, &event);
}

static inline bool sees_image(uint8_t action, uint32_t tgid, const char *path, uint64_t time_ns)
{
	struct image_record record = {.tgid = tgid, .parent_tgid = 10, .action = action};
	struct event event = {.kind = RECORD_IMAGE,
			      .time_ns = time_ns,
			      .image = &record,
			      .bytes = view_of_text(path)};

	return discovery_takes_image(discovery, &event);
}

#endif
