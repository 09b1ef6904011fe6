/* `limpet check`: a table of what this kernel and these privileges allow, and one of the TLS that
 * running processes use (tls_census.h). Attaches nothing to anybody. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <stdio.h>
#include "check/kernel_check.h"

/* Trials only the loader can make, on this process alone. NULL members are reported as not tried.
 */
struct check_trials {
	int (*attach_fentry)(void);       /* 0: it attached (and is gone again); -errno */
	int (*attach_uprobe)(void);       /* the same */
	bool (*return_probe_kills)(void); /* a program with a system call filter */
};

/* trials may be NULL. EXIT_CODE_OK, EXIT_CODE_PRIVILEGES or EXIT_CODE_KERNEL. */
enum exit_code check_run(FILE *out, bool is_colour, const struct check_trials *trials);

/* The second table, of the processes in proc_root ("/proc"). */
void check_print_tls(FILE *out, bool is_colour, const char *proc_root,
		     const struct check_trials *trials);

/* For run, attach and agent when loading fails: reads the facts of this machine and explains. */
enum exit_code check_explain(int err, char *ret_message, size_t size);

/* The table for given facts. */
enum exit_code check_print(FILE *out, bool is_colour, const struct kernel_facts *facts);

#endif
