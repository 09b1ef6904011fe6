/*
 * The agent's side of the symbol process: a queue of jobs, one of them under way. A job is a memory
 * file and its descriptors, so that handing it over is one small message; the answer comes in
 * pieces. Whatever the child does (dies, hangs, sends nonsense), the job is tried twice at most,
 * and the file it died of is not shown to it again.
 */
#include "unwinding/symbol_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/log.h"
#include "unwinding/symbol_fork.h"
#include "unwinding/symbol_message.h"
#include "unwinding/waiting_job.h"

#define MAX_POISON_FILES    1024
#define MAX_ATTEMPTS        2
#define MAX_PIECES_PER_POLL 256
#define START_TIMEOUT_NS    (10 * NS_PER_S)
#define WARNING_INTERVAL_NS (10 * NS_PER_S)

struct symbol_process {
	struct symbol_fork child;
	int epoll_fd; /* stays when the child's socket changes */
	int null_fd;  /* shown in place of poison */
	struct symbol_process_settings settings;
	char *debug_root;
	symbol_process_answer_fn on_answer;
	void *self;
	struct waiting_job *first; /* the one being worked on when is_under_way */
	struct waiting_job *last;
	uint32_t waiting;
	bool is_ready; /* the child is in its sandbox */
	bool is_under_way;
	uint64_t deadline_ns; /* of the job under way, or of becoming ready; 0: not set yet */
	struct byte_buffer reply;
	struct hash_map *poison; /* uint64_t key → uint8_t */
	uint64_t warning_gate_ns;
};

static int start_child(struct symbol_process *process)
{
	struct epoll_event event = {.events = EPOLLIN};
	int r;

	if (symbol_fork_is_running(&process->child))
		return 0;
	process->is_ready = false;
	process->deadline_ns = 0;
	r = symbol_fork_start(&process->child);
	if (r < 0)
		return r;
	if (epoll_ctl(process->epoll_fd, EPOLL_CTL_ADD, process->child.socket_fd, &event) < 0) {
		r = -errno;
		symbol_fork_stop(&process->child);
	}
	return r;
}

static int prepare(struct symbol_process *process, const struct symbol_process_settings *settings)
{
	struct symbol_child_settings child = {
		.max_memory_bytes = settings->max_memory_bytes,
		.job_timeout_ms = settings->job_timeout_ms,
	};
	int r;

	if (settings->debug_root) {
		process->debug_root = strdup(settings->debug_root);
		if (!process->debug_root)
			return -ENOMEM;
		child.debug_root = process->debug_root;
	}
	process->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	process->null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (process->epoll_fd < 0 || process->null_fd < 0)
		return -errno;
	r = hash_map_new(&process->poison, sizeof(uint64_t), sizeof(uint8_t), MAX_POISON_FILES);
	if (r == 0)
		r = symbol_fork_init(&process->child, &child);
	return r < 0 ? r : start_child(process);
}

int symbol_process_new(struct symbol_process **ret, const struct symbol_process_settings *settings,
		       symbol_process_answer_fn on_answer, void *self)
{
	struct symbol_process *process = calloc(1, sizeof(*process));
	int r;

	if (!process)
		return -ENOMEM;
	process->settings = *settings;
	process->on_answer = on_answer;
	process->self = self;
	process->epoll_fd = -1;
	process->null_fd = -1;
	byte_buffer_init(&process->reply,
			 sizeof(struct symbol_reply) + MAX_ANSWER_BYTES + MAX_REPLY_PIECE_BYTES);
	r = prepare(process, settings);
	if (r < 0) {
		symbol_process_free(&process);
		return r;
	}
	*ret = process;
	return 0;
}

void symbol_process_free(struct symbol_process **process)
{
	if (!*process)
		return;
	while ((*process)->first) {
		struct waiting_job *job = (*process)->first;

		(*process)->first = job->next;
		waiting_job_free(&job);
	}
	symbol_fork_done(&(*process)->child);
	hash_map_free(&(*process)->poison);
	byte_buffer_done(&(*process)->reply);
	cleanup_close(&(*process)->epoll_fd);
	cleanup_close(&(*process)->null_fd);
	free((*process)->debug_root);
	free(*process);
	*process = NULL;
}

int symbol_process_submit(struct symbol_process *process, const struct unwind_job *job)
{
	struct waiting_job *waiting;
	int r;

	if (process->waiting >= process->settings.max_jobs)
		return -EAGAIN;
	r = waiting_job_new(&waiting, job);
	if (r < 0)
		return r;
	if (process->last)
		process->last->next = waiting;
	else
		process->first = waiting;
	process->last = waiting;
	process->waiting++;
	return 0;
}

/* Takes the first job out before the answer is given: the callback may submit another. */
static void finish_first(struct symbol_process *process, const struct unwind_answer *answer)
{
	struct waiting_job *job = process->first;
	uint64_t id = job->id;

	process->first = job->next;
	if (!process->first)
		process->last = NULL;
	process->waiting--;
	process->is_under_way = false;
	byte_buffer_clear(&process->reply);
	waiting_job_free(&job);
	process->on_answer(process->self, id, answer);
}

static void give_up_first(struct symbol_process *process, const char *reason, int error)
{
	if (log_gate(&process->warning_gate_ns, WARNING_INTERVAL_NS))
		log_warning("a crash is reported without function names: %s: %s", reason,
			    strerror(-error));
	finish_first(process, NULL);
}

/* The child says which file it was reading; it is believed only about files it was given. */
static void remember_culprit(struct symbol_process *process, struct waiting_job *job)
{
	uint64_t key = symbol_fork_culprit(&process->child);
	char link[64], path[512], escaped[1024];
	ssize_t size;

	for (uint32_t i = 0; key && i < job->files_count; i++) {
		if (job->keys[i] != key)
			continue;
		if (key == KEY_PERF_MAP) {
			job->is_hidden[i] = true;
			return;
		}
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", job->fds[i]);
		size = readlink(link, path, sizeof(path));
		if (hash_map_count(process->poison) == MAX_POISON_FILES) {
			uint64_t oldest;

			memcpy(&oldest,
			       hash_map_key(process->poison, hash_map_oldest(process->poison)),
			       sizeof(oldest));
			(void)hash_map_remove(process->poison, &oldest);
		}
		(void)hash_map_add(process->poison, &key, NULL);
		if (log_gate(&process->warning_gate_ns, WARNING_INTERVAL_NS))
			log_warning(
				"the symbols of %s cannot be read within bounds: it is left out from now on",
				log_escape(view_of(path, size > 0 ? (size_t)size : 0), escaped,
					   sizeof(escaped)));
		return;
	}
}

/* It died, hung, or sent what cannot be: a new one tries once more without the file it died of. */
static void fail_child(struct symbol_process *process)
{
	struct waiting_job *job = process->first;

	/* One that cannot even begin is an attempt too, lest it be started for ever. */
	if (process->is_under_way)
		remember_culprit(process, job);
	else if (process->is_ready)
		job = NULL;
	else if (job)
		job->attempts++;
	if (symbol_fork_is_running(&process->child))
		(void)epoll_ctl(process->epoll_fd, EPOLL_CTL_DEL, process->child.socket_fd, NULL);
	symbol_fork_stop(&process->child);
	process->is_ready = false;
	process->is_under_way = false;
	byte_buffer_clear(&process->reply);
	if (job && job->attempts >= MAX_ATTEMPTS)
		give_up_first(process, "the symbol process failed", -EIO);
}

static void hide_poison(const struct symbol_process *process, struct waiting_job *job)
{
	for (uint32_t i = 0; i < job->files_count; i++)
		if (job->keys[i] != KEY_PERF_MAP && hash_map_find(process->poison, &job->keys[i]))
			job->is_hidden[i] = true;
}

/* True when there may be more to do at once. */
static bool send_first(struct symbol_process *process, uint64_t now_ns)
{
	int r = start_child(process);

	if (r < 0) {
		give_up_first(process, "the symbol process cannot be started", r);
		return true;
	}
	if (!process->is_ready)
		return false;
	hide_poison(process, process->first);
	r = waiting_job_send(process->first, process->child.socket_fd, process->null_fd);
	if (r == -EAGAIN || r == -EINTR)
		return false;
	process->first->attempts++;
	process->is_under_way = true;
	process->deadline_ns = now_ns + process->settings.job_timeout_ms * NS_PER_MS;
	if (r < 0) {
		fail_child(process);
		return true;
	}
	return false;
}

/* Which answer it is has been checked; what it says has not. */
static void take_answer(struct symbol_process *process, const struct symbol_reply *reply)
{
	static struct unwind_answer answer;
	struct view bytes = view_skip(byte_buffer_view(&process->reply), sizeof(*reply));
	struct arena arena;
	int r;

	if (reply->error) {
		give_up_first(process, "the symbol process could not do it",
			      reply->error < 0 && reply->error > -4096 ? reply->error : -EIO);
		return;
	}
	arena_init(&arena, MAX_CRASH_BYTES);
	r = unwind_answer_decode(bytes, &arena, &answer);
	if (r == 0 && answer.id == reply->id)
		finish_first(process, &answer);
	else
		fail_child(process);
	arena_done(&arena);
}

static void take_ready(struct symbol_process *process, const struct symbol_reply *reply)
{
	byte_buffer_clear(&process->reply);
	if (reply->id == ID_READY && !reply->size_bytes && !reply->error) {
		process->is_ready = true;
		return;
	}
	if (log_gate(&process->warning_gate_ns, WARNING_INTERVAL_NS))
		log_warning(
			"the symbol process cannot enter its sandbox: %s",
			strerror(reply->error < 0 && reply->error > -4096 ? -reply->error : EIO));
	fail_child(process);
}

/* True when an answer is complete, whatever became of it, or the child is gone. */
static bool look_at_reply(struct symbol_process *process)
{
	struct symbol_reply reply;

	if (process->reply.size < sizeof(reply))
		return false;
	memcpy(&reply, process->reply.bytes, sizeof(reply));
	if (!process->is_ready) {
		take_ready(process, &reply);
		return true;
	}
	if (!process->is_under_way || reply.id != process->first->id ||
	    reply.size_bytes > MAX_ANSWER_BYTES ||
	    process->reply.size - sizeof(reply) > reply.size_bytes) {
		fail_child(process);
		return true;
	}
	if (process->reply.size - sizeof(reply) < reply.size_bytes)
		return false;
	take_answer(process, &reply);
	return true;
}

static void receive(struct symbol_process *process)
{
	for (int i = 0; i < MAX_PIECES_PER_POLL && symbol_fork_is_running(&process->child); i++) {
		char *room = byte_buffer_reserve(&process->reply, MAX_REPLY_PIECE_BYTES);
		ssize_t size = -1;

		if (room)
			size = recv(process->child.socket_fd, room, MAX_REPLY_PIECE_BYTES,
				    MSG_DONTWAIT);
		if (room && size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (size <= 0) {
			fail_child(process);
			return;
		}
		process->reply.size += (size_t)size;
		if (look_at_reply(process))
			return;
	}
}

int symbol_process_fd(const struct symbol_process *process)
{
	return process->epoll_fd;
}

void symbol_process_poll(struct symbol_process *process, uint64_t now_ns)
{
	symbol_fork_reap(&process->child);
	receive(process);
	if (symbol_fork_is_running(&process->child) && !process->is_ready && !process->deadline_ns)
		process->deadline_ns = now_ns + START_TIMEOUT_NS;
	if (symbol_fork_is_running(&process->child) && now_ns >= process->deadline_ns &&
	    (process->is_under_way || !process->is_ready))
		fail_child(process);
	while (!process->is_under_way && process->first)
		if (!send_first(process, now_ns))
			break;
}

uint32_t symbol_process_waiting(const struct symbol_process *process)
{
	return process->waiting;
}
