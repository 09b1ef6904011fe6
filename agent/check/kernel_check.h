/* Judges the facts: what works here, what is missing, what that means and how to mend it. */
#ifndef CHECK_KERNEL_CHECK_H
#define CHECK_KERNEL_CHECK_H

#include <stddef.h>
#include "check/kernel_facts.h"
#include "settings/settings.h"

enum check_verdict {
	VERDICT_OK,
	VERDICT_MISSING,  /* limpet cannot work without */
	VERDICT_OPTIONAL, /* not there; limpet works without */
	VERDICT_UNKNOWN,  /* could not be tried for lack of privileges */
};

struct check_row {
	const char *thing;
	enum check_verdict verdict;
	const char *meaning;
	const char *mend;         /* NULL when there is nothing to mend */
	enum exit_code exit_code; /* when missing */
};

#define MAX_CHECK_ROWS 20

/* How many rows were written. */
size_t kernel_check_judge(const struct kernel_facts *facts,
			  struct check_row ret_rows[MAX_CHECK_ROWS]);

/* EXIT_CODE_OK when nothing is missing; what the kernel lacks weighs more than privileges. */
enum exit_code kernel_check_sum(const struct check_row *rows, size_t count);

/* Why loading or attaching the programs failed with -err: one sentence with thing, cause and mend,
 * without a trailing newline, and the exit code that goes with it. */
enum exit_code kernel_check_explain(const struct kernel_facts *facts, int err, char *ret_message,
				    size_t size);

#endif
