/*
 * Uprobes on language runtimes: which functions of which files, and the attaching. A row of the
 * table (runtime_probe_table.c) names the files by the base name of their path, the symbols in
 * order of preference, and the program (bpf/probes/…). A file is looked at when a traced process
 * maps it; its symbols are read once per file (bounded, hostile), the probe is attached once per
 * file (whole host) or per process and file (otherwise: never to processes that are not traced).
 * What cannot be attached is said once, and the output layer does alone. Capture thread; attaching
 * itself is done by others (probe_attacher.h).
 */
#ifndef CAPTURE_RUNTIME_PROBES_H
#define CAPTURE_RUNTIME_PROBES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"
#include "capture/probe_attacher.h"
#include "settings/settings.h"

struct bpf_program;
struct runtime_probes;

enum runtime_fact {
	FACT_NONE,
	FACT_PYTHON_MINOR, /* 11: Python 3.11 */
	FACT_GO_TYPES,     /* the address of a Go program's types */
};

/* Which file a row is for, by what is mapped. */
struct runtime_probe_row {
	const char *name;           /* "python-display": for messages and tests */
	const char *const *files;   /* NULL-ended glob patterns of base names: "libpython3.*.so*",
				       "python3*"; a Go executable: "go:"; any
				       executable: "exe:" */
	const char *const *symbols; /* NULL-ended, the first that the file has is used */
	const char *program;        /* of the skeleton: "on_python_display" */
	bool is_hot;                /* on a path every throw takes: only with PROBES_ALL */
	bool is_frequent; /* the same, at a small and bounded price: a whole host pays it only with
			     PROBES_ALL, chosen processes by themselves */
	bool is_optional; /* some versions do without the symbol: that is not said */
	bool is_return;   /* the program runs when the function returns; never of a Go executable */
	/* Of a Go executable, a function whose body must be understood wholly, or nothing of the
	 * file is watched; with is_return, the program runs at each of its return instructions. */
	bool is_go_call;
	/* What the program must know of the file: a number above 0, told of every process that
	 * uses it. Below: not known, no probe. Of one file all rows that ask, ask the same. */
	enum runtime_fact fact;
	int (*find_fact)(int fd, const char *name);
};
#define MAX_RUNTIME_PROBE_ROWS 64 /* of all tables one runtime_probes is given */
#define RUNTIME_PROBE_LOSS     "exceptions of it come from its output alone"
extern const struct runtime_probe_row runtime_probe_table[]; /* ends with name NULL */

/* Tables that are watched together, one per library or for all runtimes; ends with name NULL. */
struct runtime_probe_library {
	const char *name; /* "OpenSSL" */
	const struct runtime_probe_row *rows;
};
extern const struct runtime_probe_library runtime_probe_runtimes[];

/* The row at this place of all tables together, NULL after the last. */
const struct runtime_probe_row *runtime_probe_table_row(
	const struct runtime_probe_library *libraries, uint32_t place);

#define RUNTIME_PROBE_GO  "go:"  /* in place of a file name: every executable made by Go */
#define RUNTIME_PROBE_EXE "exe:" /* … every executable, that is, what is not named as a library */

/* Do the settings ask for this row? */
bool runtime_probe_table_wants(const struct runtime_probe_row *row, enum probe_setting wanted,
			       bool is_whole_host);

/* Is the row for a file of this name? */
bool runtime_probe_table_is_of(const struct runtime_probe_row *row, const char *name, bool is_go);

struct runtime_probes_settings {
	const struct runtime_probe_library *libraries;
	enum probe_setting wanted;
	bool is_whole_host;   /* attached once per file, for everybody */
	bool spares_filtered; /* a process with a system call filter would die of return probes */
	/* From so many processes with a file on it is watched for everybody, as taking each one's
	 * probes away would take minutes; the programs do nothing for who is not traced, and bear
	 * to be run twice. 0: never. */
	uint32_t shared_from;
	const char *loss; /* what follows of what cannot be watched: for messages */
};

/* find_program: from the loader's skeleton; NULL of a program that is not loaded: its row is off.
 */
int runtime_probes_new(struct runtime_probes **ret, const struct runtime_probes_settings *settings,
		       struct bpf_program *(*find_program)(void *self, const char *name),
		       void *self);

/* Of every process that uses a file with a fact, before it is watched. Before anything is
 * considered. */
void runtime_probes_on_fact(struct runtime_probes *probes,
			    void (*on_fact)(void *self, pid_t tgid, enum runtime_fact kind,
					    int fact),
			    void *self);
void runtime_probes_free(struct runtime_probes **probes);

/*
 * A traced process mapped this file executable, as an image record says; fd: the file, borrowed,
 * or -1: opened by way of /proc/PID. Cheap when no row wants it.
 */
void runtime_probes_consider(struct runtime_probes *probes, pid_t tgid, struct view path, int fd);

/* Could a row want a file of this name? */
bool runtime_probes_wants(const struct runtime_probes *probes, struct view path);

/* A child has what its parent has mapped, and no record says so. */
void runtime_probes_process_forked(struct runtime_probes *probes, pid_t parent, pid_t child);

/* Its attachments go. */
void runtime_probes_process_exited(struct runtime_probes *probes, pid_t tgid);

/* All attachments go, soon, and nothing is watched from now on. Returns how many there were. */
uint32_t runtime_probes_stop(struct runtime_probes *probes);

/* Attachments, now. */
uint32_t runtime_probes_count(const struct runtime_probes *probes);

/* Tests have a way of their own to attach. Before anything is considered. */
int runtime_probes_set_calls(struct runtime_probes *probes,
			     const struct probe_attacher_calls *calls);
/* Everything ordered so far is attached or gone. */
void runtime_probes_settle(struct runtime_probes *probes);

#endif
