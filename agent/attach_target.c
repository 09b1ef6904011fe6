/*
 * A number is a process. A name that fits several families is no answer: they are listed, with the
 * words for one of them and for all. Names of containers only their runtimes know: they are asked
 * when nothing else fits.
 */
#include "attach_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "containers/runtime_question.h"
#include "process/process_state.h"
#include "process/target_search.h"

#define MAX_LISTED     8
#define MAX_CONTAINERS 256
#define SHOWN_BYTES    160
#define SHORT_ID       12
#define REQUEST_MS     1000

static enum exit_code fail_to_look(const char *shown, int err)
{
	log_error("cannot look for %s in /proc: %s", shown, strerror(-err));
	return EXIT_CODE_FAILURE;
}

/* A thread's own id is a folder of /proc, but not one that is listed. */
static pid_t process_of_thread(pid_t tid)
{
	char path[64], line[256];
	_cleanup_(cleanup_fclose) FILE *file = NULL;
	int tgid;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Tgid: %d", &tgid) == 1)
			return tgid;
	return -1;
}

static enum exit_code explain_pid(pid_t pid)
{
	pid_t tgid = process_of_thread(pid);

	if (pid == getpid())
		log_error("cannot attach to PID %d: that is limpet itself", (int)pid);
	else if (tgid > 0 && tgid != pid)
		log_error("cannot attach to PID %d: it is a thread of process %d; attach to %d",
			  (int)pid, (int)tgid, (int)tgid);
	else if (tgid == pid && process_state_is_dead(pid))
		log_error("cannot attach to PID %d: it has ended already and waits for its parent; "
			  "attach to a running process: ps -e",
			  (int)pid);
	else if (tgid == pid)
		return EXIT_CODE_OK;
	else
		log_error("cannot attach to PID %d: no such process; list processes with: ps -e",
			  (int)pid);
	return EXIT_CODE_TARGET;
}

/* "PID 4711 (shop)": who looks on should see at once whether it is the right one. */
static void name_pid(struct attach_target *target, pid_t pid)
{
	char name[SCRIPT_NAME_BYTES], shown[SHOWN_BYTES];

	if (target_search_name("/proc", pid, name) == 0)
		(void)snprintf(target->whom, sizeof(target->whom), "PID %d (%s)", (int)pid,
			       log_escape(view_of_text(name), shown, sizeof(shown)));
	else
		(void)snprintf(target->whom, sizeof(target->whom), "PID %d", (int)pid);
}

static enum exit_code take_pid(struct attach_target *ret, struct view text)
{
	enum exit_code code;
	uint64_t number;
	char shown[SHOWN_BYTES];

	if (view_parse_u64(text, &number) < 0 || number == 0 || number > INT32_MAX) {
		log_error("attach: '%s' is not a process id above 0; list candidates with: ps -e",
			  log_escape(text, shown, sizeof(shown)));
		return EXIT_CODE_SETTINGS;
	}
	code = explain_pid((pid_t)number);
	if (code != EXIT_CODE_OK)
		return code;
	ret->pids = malloc(sizeof(*ret->pids));
	if (!ret->pids)
		return EXIT_CODE_FAILURE;
	ret->pids[0] = (pid_t)number;
	ret->count = 1;
	name_pid(ret, (pid_t)number);
	return EXIT_CODE_OK;
}

static void list_targets(const struct target_search *search, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (uint32_t i = 0; i < search->count && i < MAX_LISTED && used < size; i++) {
		const struct found_target *target = &search->targets[i];
		char name[64];

		log_escape(view_of_text(target->script[0] ? target->script : target->name), name,
			   sizeof(name));
		used += (size_t)snprintf(buffer + used, size - used, "%s%d %s", i ? ", " : "",
					 (int)target->pid, name);
	}
	if (search->count > MAX_LISTED && used < size)
		(void)snprintf(buffer + used, size - used, " and %u more",
			       search->count - MAX_LISTED);
}

static enum exit_code explain_many(const struct target_search *search, const char *shown)
{
	char list[1024];

	list_targets(search, list, sizeof(list));
	log_error("cannot attach to %s: %u processes have that name: %s; choose one: limpet attach "
		  "%d; or take them all: limpet attach name:%s",
		  shown, search->count, list, (int)search->targets[0].pid, shown);
	return EXIT_CODE_TARGET;
}

static enum exit_code explain_none(enum target_kind kind, const char *shown)
{
	static const char *const texts[] = {
		[TARGET_ANY] = "no process, unit or container of that name runs; list them with: "
			       "ps -e, systemctl list-units, docker ps",
		[TARGET_PID] = "no such process; list processes with: ps -e",
		[TARGET_NAME] = "no process of that name runs; list processes with: ps -e",
		[TARGET_UNIT] = "no process of that unit runs; see: systemctl status",
		[TARGET_CONTAINER] = "no process of such a container runs here; list containers "
				     "with: docker ps, crictl ps",
	};

	log_error("cannot attach to %s: %s", shown, texts[kind]);
	return EXIT_CODE_TARGET;
}

static enum exit_code take_found(struct attach_target *ret, const struct target_search *search,
				 const char *shown)
{
	ret->pids = calloc(search->count, sizeof(*ret->pids));
	if (!ret->pids)
		return EXIT_CODE_FAILURE;
	for (uint32_t i = 0; i < search->count; i++)
		ret->pids[i] = search->targets[i].pid;
	ret->count = search->count;
	if (search->left_out_count)
		log_warning("%s: %u processes are beyond what is attached to at once", shown,
			    search->left_out_count);
	ret->is_group = search->kind == TARGET_UNIT || search->kind == TARGET_CONTAINER;
	if (ret->is_group)
		(void)snprintf(ret->whom, sizeof(ret->whom), "%s %s",
			       search->kind == TARGET_UNIT ? "unit" : "container", shown);
	else if (search->count == 1)
		(void)snprintf(ret->whom, sizeof(ret->whom), "PID %d (%s)", (int)ret->pids[0],
			       shown);
	else
		(void)snprintf(ret->whom, sizeof(ret->whom), "%s", shown);
	return EXIT_CODE_OK;
}

static bool is_named(const struct container_answer *answer, struct view name)
{
	struct view own = attribute_string(&answer->attributes, "container.name");

	/* Docker's begin with a slash. */
	if (view_starts_with(own, VIEW_LITERAL("/")))
		own = view_skip(own, 1);
	return own.size && view_equals(own, name);
}

/* The id of the container that a runtime calls so. False: nobody does, or none was asked. */
static bool find_container(const struct settings *settings, struct view name,
			   char ret_id[CONTAINER_ID_BYTES])
{
	_cleanup_(cleanup_free) struct container_identity *identities =
		calloc(MAX_CONTAINERS, sizeof(*identities));
	uint32_t count =
		identities ? target_search_containers("/proc", identities, MAX_CONTAINERS) : 0;
	struct runtime_sockets sockets = {0};
	bool is_found = false, never = false;

	if (!count || runtime_sockets_parse(&sockets, settings->metadata.container_sockets) < 0)
		return false;
	sockets.is_absence_told = true; /* nobody to ask is no news here */
	for (uint32_t i = 0; i < count && !is_found; i++) {
		_cleanup_(container_answer_free) struct container_answer *answer = NULL;
		struct runtime_question question = {.container_id = identities[i].id,
						    .runtime = identities[i].runtime,
						    .timeout_ms = REQUEST_MS,
						    .is_stopping = &never};

		if (runtime_question_ask(&sockets, &question, &answer) < 0 ||
		    !is_named(answer, name))
			continue;
		memcpy(ret_id, identities[i].id, CONTAINER_ID_BYTES);
		is_found = true;
	}
	return is_found;
}

static int search_again(struct target_search *search, const struct settings *settings,
			struct target_words words)
{
	char id[CONTAINER_ID_BYTES];

	if (words.kind != TARGET_ANY && words.kind != TARGET_CONTAINER)
		return 0;
	if (!find_container(settings, words.text, id))
		return 0;
	target_search_done(search);
	return target_search_find(search, "/proc",
				  (struct target_words){TARGET_CONTAINER, view_of_text(id)});
}

enum exit_code attach_target_find(struct attach_target *ret, const struct settings *settings)
{
	_cleanup_(target_search_done) struct target_search search = {0};
	struct target_words words = target_search_words(view_of_text(settings->attach_target));
	struct attach_target target = {0};
	enum exit_code code;
	char shown[SHOWN_BYTES];
	int err;

	log_escape(words.text, shown, sizeof(shown));
	if (words.kind == TARGET_PID) {
		code = take_pid(&target, words.text);
	} else {
		err = target_search_find(&search, "/proc", words);
		if (err == 0 && search.count == 0)
			err = search_again(&search, settings, words);
		if (err < 0)
			return fail_to_look(shown, err);
		if (search.count == 0)
			return explain_none(words.kind, shown);
		if (search.kind == TARGET_NAME && words.kind == TARGET_ANY && search.count > 1)
			return explain_many(&search, shown);
		if (search.has_more_containers) {
			log_error("cannot attach to container %s: several have ids that begin so; "
				  "give more of it, such as container:%.*s",
				  shown, SHORT_ID, search.container);
			return EXIT_CODE_TARGET;
		}
		code = take_found(&target, &search, shown);
	}
	if (code == EXIT_CODE_OK)
		*ret = target;
	return code;
}

void attach_target_done(struct attach_target *target)
{
	free(target->pids);
	target->pids = NULL;
	target->count = 0;
}
