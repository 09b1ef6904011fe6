/* Looks at few processes and for a short time: it stands between somebody and the first trace. */
#include "attach_report.h"

#include <stdio.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/kernel_features.h"
#include "check/tls_census.h"
#include "check/tls_report.h"
#include "capture/tls_libraries.h"
#include "process/elf_language.h"
#include "process/elf_sections.h"
#include "process/perf_map.h"
#include "process/proc_reader.h"

#define MAX_LOOKED_AT 64
#define BUDGET_NS     (500 * NS_PER_MS)
#define SHOWN_BYTES   160
#define MAX_NAMED     16

/* Who they are: of one that was asked for alone the line before says it. */
static void say_processes(const struct proc_reader *reader,
			  const struct attach_report_settings *settings)
{
	char list[MAX_NAMED * (TASK_NAME_BYTES * 4 + 16)];
	uint32_t shown_count = settings->count < MAX_NAMED ? settings->count : MAX_NAMED;
	size_t used = 0;

	if (settings->count < 2)
		return;
	for (uint32_t i = 0; i < shown_count; i++) {
		char text[TASK_NAME_BYTES * 2], name[TASK_NAME_BYTES * 4];
		struct view comm =
			proc_reader_text(reader, settings->pids[i], "comm", text, sizeof(text));

		if (view_ends_with(comm, VIEW_LITERAL("\n")))
			comm = view_take(comm, comm.size - 1);
		log_escape(comm, name, sizeof(name));
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%d%s%s",
					 i ? ", " : "", (int)settings->pids[i], name[0] ? " " : "",
					 name);
	}
	if (settings->count > shown_count)
		log_info("processes: %s and %u more", list, settings->count - shown_count);
	else
		log_info("processes: %s", list);
}

static void say_tls(const struct attach_report_settings *settings)
{
	struct tls_census_settings wanted = {
		.proc_root = settings->proc_root,
		.libraries = tls_libraries,
		.pids = settings->pids,
		.pids_count = settings->count,
		.max_processes = MAX_LOOKED_AT,
		.budget_ns = BUDGET_NS,
		.return_probe_kills = settings->has_tls ? kernel_features_return_probe_kills : NULL,
	};
	struct tls_census census;

	if (tls_census_take(&wanted, &census) < 0)
		return;
	for (uint32_t i = 0; i < census.groups_count; i++) {
		const struct tls_group *group = &census.groups[i];
		const char *reason = tls_report_reason(group->sight);

		if (!reason && !settings->has_tls)
			reason = "--tls is off; --tls=auto reads it";
		log_info("TLS of %s (%s): plaintext is %s%s", group->name, group->library,
			 reason ? "not seen: " : "seen", reason ? reason : "");
	}
	if (census.unreadable_count)
		log_info("TLS of %u %s: not known: their files may not be read; run as root",
			 census.unreadable_count,
			 census.unreadable_count == 1 ? "process" : "processes");
	if (census.unlooked_count)
		log_info("TLS of %u more processes was not looked at", census.unlooked_count);
	tls_census_done(&census);
}

/* Interpreters have their own way to say where they are, and so has Go. */
static bool is_stripped(const struct proc_reader *reader, pid_t pid, struct view path)
{
	_cleanup_(cleanup_free) struct elf_sections *sections = malloc(sizeof(*sections));
	_cleanup_(cleanup_close) int fd = proc_reader_open_executable(reader, pid);

	return sections && fd >= 0 &&
	       elf_language_of_name(view_base_name(path)) == RUNTIME_NATIVE &&
	       !elf_language_is_go(fd) && elf_sections_read(fd, sections) == 0 &&
	       !elf_sections_by_type(sections, SHT_SYMTAB) &&
	       !elf_sections_by_name(sections, ".gnu_debugdata");
}

static void say_symbols(const struct proc_reader *reader, pid_t pid)
{
	char bytes[MAX_EXECUTABLE_PATH_BYTES], shown[SHOWN_BYTES];
	bool is_deleted;
	struct view path = proc_reader_executable(reader, pid, bytes, &is_deleted);

	if (!is_stripped(reader, pid, path))
		return;
	log_escape(view_base_name(path), shown, sizeof(shown));
	log_info("%s has no symbols: unless its debug file is in --debug-root, its functions are "
		 "shown as module+offset",
		 shown);
}

/* What whoever runs it has to do to have names, NULL: nothing, it is another runtime. */
static const char *advise_names(enum process_runtime runtime)
{
	switch (runtime) {
	case RUNTIME_JAVA:
		return "once it is warm, jcmd PID Compiler.perfmap writes it (JDK 17 and later)";
	case RUNTIME_NODE:
		return "node --perf-basic-prof writes it";
	case RUNTIME_DOTNET:
		return "DOTNET_PerfMapEnabled=1 in its environment writes it";
	default:
		return NULL;
	}
}

/* On its command line, or in one of the variables that Java reads. */
static bool has_java_option(const struct proc_reader *reader, pid_t pid, struct view option)
{
	_cleanup_(cleanup_free) char *bytes = malloc(MAX_ENVIRONMENT_BYTES);

	if (!bytes)
		return true;
	return view_find(proc_reader_text(reader, pid, "cmdline", bytes, MAX_ENVIRONMENT_BYTES),
			 option) >= 0 ||
	       view_find(proc_reader_text(reader, pid, "environ", bytes, MAX_ENVIRONMENT_BYTES),
			 option) >= 0;
}

/* False: it compiles nothing while it runs. */
static bool say_compiled_code(const struct proc_reader *reader, const char *proc_root, pid_t pid)
{
	char bytes[MAX_EXECUTABLE_PATH_BYTES];
	bool is_deleted;
	struct view path = proc_reader_executable(reader, pid, bytes, &is_deleted);
	enum process_runtime runtime = elf_language_of_name(view_base_name(path));
	const char *advice = advise_names(runtime);
	_cleanup_(cleanup_close) int fd = advice ? perf_map_open(proc_root, pid) : -1;

	if (advice && fd < 0)
		log_info("PID %d has no perf map: what it compiles while it runs is shown as "
			 "[jit]+address; %s",
			 (int)pid, advice);
	if (runtime == RUNTIME_JAVA &&
	    !has_java_option(reader, pid, VIEW_LITERAL("-XX:+PreserveFramePointer")))
		log_info("PID %d is Java without frame pointers: who called its compiled code is "
			 "not known; start it with -XX:+PreserveFramePointer",
			 (int)pid);
	return advice != NULL;
}

static bool has_other(const char *proc_root, pid_t pid, const char *name)
{
	struct stat own, other;
	char path[320];

	(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (stat(path, &own) < 0)
		return false;
	(void)snprintf(path, sizeof(path), "%s/%d/ns/%s", proc_root, (int)pid, name);
	return stat(path, &other) == 0 && own.st_ino != other.st_ino;
}

static void say_namespaces(const char *proc_root, pid_t pid)
{
	static const char *const names[] = {"pid", "mnt", "net", "user"};
	char list[64] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (has_other(proc_root, pid, names[i]))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 used ? ", " : "", names[i]);
	if (used)
		log_info("PID %d is in namespaces of its own (%s): its files are read through "
			 "/proc/%d/root",
			 (int)pid, list, (int)pid);
}

void attach_report_say(const struct attach_report_settings *settings)
{
	struct proc_reader reader;
	bool has_reader = proc_reader_init(&reader, settings->proc_root) == 0;

	log_info("attached in %.2f s", (double)settings->elapsed_ns / (double)NS_PER_S);
	if (has_reader)
		say_processes(&reader, settings);
	say_tls(settings);
	if (settings->count == 0 || !has_reader)
		return;
	if (settings->wants_symbols)
		say_symbols(&reader, settings->pids[0]);
	/* Of workers that are alike one is enough. */
	for (uint32_t i = 0; settings->has_profile && i < settings->count && i < MAX_LOOKED_AT; i++)
		if (say_compiled_code(&reader, settings->proc_root, settings->pids[i]))
			break;
	say_namespaces(settings->proc_root, settings->pids[0]);
}
