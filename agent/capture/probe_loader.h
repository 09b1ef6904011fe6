/*
 * The kernel side as the agent handles it: load, attach, say which processes are traced, change
 * capture modes, read positions, counters and the ring. Everything goes with the agent: no pins, no
 * leftovers, also after SIGKILL; but for what a service manager holds copies of
 * (crash_handover.h). Capture thread.
 */
#ifndef CAPTURE_PROBE_LOADER_H
#define CAPTURE_PROBE_LOADER_H

#include <sys/types.h>
#include "base/drops.h"
#include "base/view.h"
#include "capture/runtime_probes.h"
#include "model/exchange.h"
#include "settings/settings.h"
#include "shared/record.h"

struct bpf_object_skeleton;
struct connection_state;

#define MAX_RECORDS_PER_DRAIN 8192 /* then others get their turn */

struct probe_loader;

/* A record, in ring memory: gone when this returns. Non-zero stops the draining (records stay for
 * the next time). */
typedef int (*probe_loader_record_fn)(void *self, struct view record);

/* What is captured; read when the programs are loaded. */
struct probe_loader_settings {
	const struct capture_settings *capture;
	const struct crash_settings *crash;
	const struct exception_settings *exceptions;
	bool has_tls;      /* plaintext of TLS libraries */
	bool has_syscalls; /* system calls are counted */
	bool has_trail; /* failed calls and standard error of traced processes are kept for the case
			   of a crash */
	const struct profile_settings *profile; /* NULL: none; profile_source.h reads it */
};

/*
 * Loads and attaches. -errno: nothing is left behind. With SOURCE_AUTO the cheapest source the
 * kernel allows is taken; asking for one it does not allow is -EOPNOTSUPP.
 */
int probe_loader_new(struct probe_loader **ret, const struct probe_loader_settings *wanted,
		     probe_loader_record_fn on_record, void *self);
void probe_loader_free(struct probe_loader **loader);

/* SOURCE_TRACEPOINT or SOURCE_FENTRY: what AUTO became. */
enum capture_source probe_loader_source(const struct probe_loader *loader);

/* Becomes readable when a ring wants to be drained. */
int probe_loader_fd(const struct probe_loader *loader);

/* Hands every record in the ring to on_record, at most MAX_RECORDS_PER_DRAIN in one go. Returns how
 * many, or -errno. */
int probe_loader_drain(struct probe_loader *loader);

/*
 * The same for crashes: first the ring of crash records, then that of stack pages. So the pages of
 * every crash_thread_record handed over have been handed over when this returns.
 */
int probe_loader_drain_crashes(struct probe_loader *loader);

/* The same for exceptions: output of programs, and what uprobes tell. */
int probe_loader_drain_exceptions(struct probe_loader *loader);

/*
 * In whole-host mode: who was forked by whom and which programs began (RECORD_PROCESS_BEGAN), if
 * that is wanted. Also in the middle of another ring: whatever began before a record of that was
 * written has been handed over when this returns.
 */
void probe_loader_want_beginnings(struct probe_loader *loader, bool is_wanted);
void probe_loader_drain_beginnings(struct probe_loader *loader);

/* The next record is to wake us: for when there is nothing to do but wait. */
void probe_loader_sleep(struct probe_loader *loader);

/* -ENOSPC: the table is full. Adding one that is traced already is no error. */
int probe_loader_trace(struct probe_loader *loader, pid_t tgid);

/* In whole-host mode: nothing of this process is captured any more; 0: it is again. A full table is
 * no error: what comes up of it is left out by who asked for this. */
void probe_loader_ignore(struct probe_loader *loader, pid_t tgid, enum ignored_for reason);

/* Nobody is ignored by a rule any more, not even who inherited it unseen. */
void probe_loader_heed_all(struct probe_loader *loader);

/* What the programs do differently for this process: enum process_flags. */
void probe_loader_set_flags(struct probe_loader *loader, pid_t tgid, uint32_t flags);

/* For runtime_probes_new: the program by its name, NULL when it is not loaded. */
struct bpf_program *probe_loader_find_program(void *loader, const char *name);

/* The loaded programs and their links: for program_cost.c. */
const struct bpf_object_skeleton *probe_loader_skeleton(const struct probe_loader *loader);

/* The descriptor of what attaches a program, or of a map; borrowed. -ENOENT: not in use here. */
int probe_loader_link_fd(const struct probe_loader *loader, const char *program);
int probe_loader_map_fd(const struct probe_loader *loader, const char *map);

/* For runtime_probes_on_fact: what the programs must know of a process. */
void probe_loader_set_fact(void *loader, pid_t tgid, enum runtime_fact kind, int fact);

/*
 * Where a C library raises SIGABRT (offset of the instruction after the system call from the load
 * address) and where it has __abort_msg. index: below MAX_ABORT_PLACES, from 0 without gaps.
 */
int probe_loader_set_abort_place(struct probe_loader *loader, uint32_t index, uint64_t pc_offset,
				 uint64_t message_offset);

void probe_loader_set_mode(struct probe_loader *loader,
			   const struct connection_identity *connection, enum capture_mode mode);

/* -ENOENT: the kernel has forgotten this connection. */
int probe_loader_read_state(struct probe_loader *loader,
			    const struct connection_identity *connection,
			    struct connection_state *ret);

/* Entries of sockets the kernel side cannot see ending (a dead process's UNIX sockets). */
void probe_loader_forget(struct probe_loader *loader, const struct connection_identity *connection);

/* The kernel's counters into the agent's. */
void probe_loader_read_drops(struct probe_loader *loader, struct drops *drops);

#endif
