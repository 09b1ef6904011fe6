/* A row has a word for the reason; the sentence that goes with the word stands below, once. */
#include "check/tls_report.h"

#include <string.h>

#define PIDS_COLUMNS    13
#define LIBRARY_COLUMNS 21

struct sight_words {
	const char *word, *meaning, *mend;
};

static const struct sight_words words[] = {
	[TLS_SEEN] = {"seen", NULL, NULL},
	[TLS_NO_ROW] = {"not known", "limpet has no probes for this library",
			"what it says by TLS stays unseen"},
	[TLS_STRIPPED] = {"stripped",
			  "the library is inside the executable, its functions have no names",
			  "keep the symbols (no strip), or link the shared library"},
	[TLS_OLD_GO] = {"old Go", "before Go 1.18 functions took their arguments in another way",
			"build it with Go 1.18 or later"},
	[TLS_JAVA] = {"Java", "TLS is code of the Java runtime, where no probe can be",
		      "terminate TLS before it (a proxy), or use an agent inside Java"},
	[TLS_FILTERED] = {"filtered",
			  "its system call filter (seccomp) and this kernel's probes kill it",
			  "use Linux 6.14 or later, or start it without the filter"},
	[TLS_NO_PROBES] = {"no uprobes", "this kernel cannot watch functions of programs",
			   "use a kernel with CONFIG_UPROBES=y"},
};

#define SIGHTS_COUNT (sizeof(words) / sizeof(words[0]))

/* "812 813", "812 +3": as many as there is room for. */
static void format_pids(const struct tls_group *group, char ret[PIDS_COLUMNS + 1])
{
	uint32_t told = 0, used = 0;

	ret[0] = '\0';
	for (; told < group->count && told < MAX_TLS_GROUP_PIDS; told++) {
		uint32_t left = group->count - told - 1;
		char text[32], rest[16] = "";
		int size = snprintf(text, sizeof(text), "%s%d", told ? " " : "",
				    (int)group->pids[told]);
		int rest_size = left ? snprintf(rest, sizeof(rest), " +%u", left) : 0;

		if (told > 0 && used + (uint32_t)(size + rest_size) > PIDS_COLUMNS)
			break;
		used += (uint32_t)snprintf(ret + used, PIDS_COLUMNS + 1 - used, "%s", text);
		if (used > PIDS_COLUMNS)
			return;
	}
	if (told < group->count)
		(void)snprintf(ret + used, PIDS_COLUMNS + 1 - used, " +%u", group->count - told);
}

static void print_group(FILE *out, bool is_colour, const struct tls_group *group)
{
	bool is_seen = group->sight == TLS_SEEN;
	char pids[PIDS_COLUMNS + 1];

	format_pids(group, pids);
	(void)fprintf(out, "  %-*s  %-*s  %-*s  %s%s%s%s%s\n", PIDS_COLUMNS, pids,
		      MAX_TLS_GROUP_NAME - 1, group->name, LIBRARY_COLUMNS, group->library,
		      !is_colour ? ""
		      : is_seen  ? "\x1b[32m"
				 : "\x1b[33m",
		      is_seen ? "" : "not seen", is_colour ? "\x1b[0m" : "", is_seen ? "" : ": ",
		      words[group->sight].word);
}

static void print_reasons(FILE *out, const struct tls_census *census)
{
	bool is_told[SIGHTS_COUNT] = {[TLS_SEEN] = true};

	for (uint32_t i = 0; i < census->groups_count; i++) {
		const struct sight_words *reason = &words[census->groups[i].sight];

		if (is_told[census->groups[i].sight])
			continue;
		is_told[census->groups[i].sight] = true;
		(void)fprintf(out, "  %s: %s\n  %*s  -> %s\n", reason->word, reason->meaning,
			      (int)strlen(reason->word), "", reason->mend);
	}
}

static void print_count(FILE *out, uint32_t count, const char *one, const char *many)
{
	if (count > 0)
		(void)fprintf(out, "  %u %s\n", count, count == 1 ? one : many);
}

const char *tls_report_reason(enum tls_sight sight)
{
	return words[sight].meaning;
}

void tls_report_print(FILE *out, bool is_colour, const struct tls_census *census)
{
	(void)fprintf(out, "\nTLS of running processes: what --tls sees\n\n");
	if (census->groups_count > 0)
		(void)fprintf(out, "  %-*s  %-*s  %-*s  %s\n", PIDS_COLUMNS, "PID",
			      MAX_TLS_GROUP_NAME - 1, "PROGRAM", LIBRARY_COLUMNS, "LIBRARY",
			      "PLAINTEXT");
	for (uint32_t i = 0; i < census->groups_count; i++)
		print_group(out, is_colour, &census->groups[i]);
	if (census->groups_count > 0)
		(void)fprintf(out, "\n");
	print_reasons(out, census);
	print_count(out, census->without_count, "process has no TLS library",
		    "processes have no TLS library");
	print_count(out, census->unreadable_count,
		    "process may not be looked into: run as root, with CAP_SYS_PTRACE",
		    "processes may not be looked into: run as root, with CAP_SYS_PTRACE");
	print_count(out, census->ungrouped_count, "more row is left out", "more rows are left out");
	print_count(out, census->unlooked_count,
		    census->is_time_over ? "process was not looked at: the time was up"
					 : "process was not looked at: too many",
		    census->is_time_over ? "processes were not looked at: the time was up"
					 : "processes were not looked at: too many");
}
