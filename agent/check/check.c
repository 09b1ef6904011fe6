/* Prints the judgement: one line per row, and for what is not there one more with the mend. */
#include "check/check.h"

#include <errno.h>
#include <string.h>
#include "base/clock.h"
#include "capture/tls_libraries.h"
#include "check/tls_report.h"

#define MAX_PROCESSES 5000
#define CENSUS_NS     (5 * NS_PER_S)

struct verdict_look {
	const char *word, *colour;
};

static const struct verdict_look looks[] = {
	[VERDICT_OK] = {"ok", "\x1b[32m"},
	[VERDICT_MISSING] = {"missing", "\x1b[1;31m"},
	[VERDICT_OPTIONAL] = {"optional", "\x1b[33m"},
	[VERDICT_UNKNOWN] = {"unknown", "\x1b[2m"},
};

static void print_mend(FILE *out, const char *mend)
{
	if (mend)
		(void)fprintf(out, "  %-8s  %-24s  -> %s\n", "", "", mend);
}

static void print_row(FILE *out, bool is_colour, const struct check_row *row)
{
	const struct verdict_look *look = &looks[row->verdict];

	(void)fprintf(out, "  %s%-8s%s  %-24s  %s\n", is_colour ? look->colour : "", look->word,
		      is_colour ? "\x1b[0m" : "", row->thing, row->meaning);
	print_mend(out, row->mend);
}

static const char *conclusion_of(enum exit_code code)
{
	if (code == EXIT_CODE_KERNEL)
		return "limpet cannot work on this kernel: mend what is missing.";
	if (code == EXIT_CODE_PRIVILEGES)
		return "The kernel may do, this process may not: mend what is missing.";
	return "limpet can trace here.";
}

enum exit_code check_print(FILE *out, bool is_colour, const struct kernel_facts *facts)
{
	struct check_row rows[MAX_CHECK_ROWS];
	size_t count = kernel_check_judge(facts, rows);
	enum exit_code code = kernel_check_sum(rows, count);

	(void)fprintf(out, "Linux %s, %s\n\n", facts->release, facts->machine);
	for (size_t i = 0; i < count; i++)
		print_row(out, is_colour, &rows[i]);
	(void)fprintf(out, "\n%s\n", conclusion_of(code));
	return code;
}

enum exit_code check_run(FILE *out, bool is_colour, const struct check_trials *trials)
{
	struct kernel_facts facts;
	enum exit_code code;

	kernel_facts_read(&facts, "");
	kernel_facts_probe(&facts);
	if (facts.fentry == FACT_UNKNOWN && facts.bpf_error == 0 && trials && trials->attach_fentry)
		facts.fentry = trials->attach_fentry() == 0 ? FACT_YES : FACT_NO;
	if (trials && trials->attach_uprobe)
		facts.uprobes = trials->attach_uprobe() == 0 ? FACT_YES : FACT_NO;
	code = check_print(out, is_colour, &facts);
	check_print_tls(out, is_colour, "/proc", trials);
	return code;
}

/* For lack of rights is no answer: the first table has that. */
static bool has_no_probes(const struct check_trials *trials)
{
	int err = trials && trials->attach_uprobe ? trials->attach_uprobe() : 0;

	return err < 0 && err != -EPERM && err != -EACCES;
}

void check_print_tls(FILE *out, bool is_colour, const char *proc_root,
		     const struct check_trials *trials)
{
	struct tls_census_settings settings = {
		.proc_root = proc_root,
		.libraries = tls_libraries,
		.max_processes = MAX_PROCESSES,
		.budget_ns = CENSUS_NS,
		.return_probe_kills = trials ? trials->return_probe_kills : NULL,
		.has_no_probes = has_no_probes(trials),
	};
	struct tls_census census;
	int err = tls_census_take(&settings, &census);

	if (err < 0) {
		(void)fprintf(out, "\nTLS of running processes: cannot look into %s: %s\n",
			      proc_root, strerror(-err));
		return;
	}
	tls_report_print(out, is_colour, &census);
	tls_census_done(&census);
}

enum exit_code check_explain(int err, char *ret_message, size_t size)
{
	struct kernel_facts facts;

	kernel_facts_read(&facts, "");
	kernel_facts_probe(&facts);
	return kernel_check_explain(&facts, err, ret_message, size);
}
