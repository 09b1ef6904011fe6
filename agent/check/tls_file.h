/*
 * Which TLS libraries a file holds, and whether limpet could see into them. Asked of the very
 * registry the probes come from (capture/tls_libraries.h): what has a row there and a function in
 * the file is seen, here without a word being changed. The few names and texts of our own are for
 * what nobody has a row for, for what lost its symbols, and for versions. Files are anybody's.
 */
#ifndef CHECK_TLS_FILE_H
#define CHECK_TLS_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"
#include "capture/probed_file.h"

#define MAX_TLS_FILE_LIBRARIES 4
#define MAX_TLS_VERSION        24

enum tls_sight {
	TLS_SEEN,
	TLS_NO_ROW,    /* limpet does not know the library */
	TLS_STRIPPED,  /* it does, but its functions have no names here */
	TLS_OLD_GO,    /* before 1.18 functions took their arguments otherwise */
	TLS_JAVA,      /* TLS is Java code, made by a compiler at run time */
	TLS_FILTERED,  /* of a process, whose system call filter would kill it for being watched */
	TLS_NO_PROBES, /* of a kernel that cannot watch functions */
};

/* One library of a file. */
struct tls_found {
	const char *library;
	enum tls_sight sight;
};

struct tls_file {
	bool has_returns; /* watching it takes return probes */
	struct tls_found found[MAX_TLS_FILE_LIBRARIES];
	uint32_t count;
	const char *version_of; /* the library a version is told of, here or beside it; or NULL */
	char version[MAX_TLS_VERSION];
};

/* The rows of all libraries, and whose they are. */
struct tls_registry {
	struct probed_rows rows;
	const char *libraries[MAX_RUNTIME_PROBE_ROWS];
	const struct runtime_probe_library *tables;
};

void tls_registry_init(struct tls_registry *registry,
		       const struct runtime_probe_library *libraries);

/* Could a file of this base name say something? */
bool tls_file_is_wanted(const struct tls_registry *registry, const char *name);

/* Whose file it is, for what lies beside it. */
struct tls_file_place {
	const char *proc_root; /* "/proc" */
	pid_t tgid;
};

/* Always fills it; what cannot be read holds nothing. */
void tls_file_examine(const struct tls_registry *registry, const struct tls_file_place *place,
		      int fd, const char *name, struct tls_file *ret);

#endif
