/*
 * The loop of the symbol process. First it lets go of everything it inherited, then it loads what
 * it may not load later, then it enters the sandbox: only after that does it look at anything from
 * outside. It logs nothing; what goes wrong with a job is the job's answer.
 */
#include "unwinding/symbol_child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "unwinding/symbol_message.h"
#include "unwinding/symbol_sandbox.h"
#include "unwinding/unwind_job.h"
#include "unwinding/unwind_work.h"
#include "symbols/demangle.h"
#include "symbols/line_numbers.h"

#define OUR_SOCKET           3
#define MAX_MODULES          256
#define MAX_FILES            1024         /* of the cache, of a job, and separate debug files */
#define MAX_CACHE_BYTES      (128u << 20) /* kept between jobs */
#define MAX_ROWS             2048
#define MAX_NAMES            65536
#define MAX_NAME_BYTES       (16u << 20)
#define MAX_PERF_MAPS        64
#define MAX_ALL_MAPS_BYTES   (64u << 20) /* two of the largest, or one per worker of a cluster */
#define MAX_JOB_ARENA_BYTES  (32u << 20)
#define MAX_DESCRIPTORS      (MAX_JOB_FILES + 1)
#define EXIT_CODE_OF_SANDBOX 3

struct child {
	struct module_cache *modules;
	struct perf_map_cache *perf_maps;
	struct row_cache rows;
	struct frame_names *names;
	volatile uint64_t *culprit;
	uint64_t job_timeout_ms;
};

/* What came with a request: the job's bytes first. */
struct received_files {
	int fds[MAX_DESCRIPTORS];
	uint32_t count;
};

static void close_files(struct received_files *files)
{
	for (uint32_t i = 0; i < files->count; i++)
		(void)close(files->fds[i]);
	files->count = 0;
}

static void take_descriptors(struct msghdr *message, struct received_files *ret_files)
{
	ret_files->count = 0;
	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part;
	     part = CMSG_NXTHDR(message, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		ret_files->count = (uint32_t)((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(ret_files->fds, CMSG_DATA(part), ret_files->count * sizeof(int));
	}
}

/* False at the agent's end. */
static bool receive_request(struct symbol_request *ret_request, struct received_files *ret_files)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * MAX_DESCRIPTORS)];
		struct cmsghdr aligned;
	} control;
	struct iovec piece = {ret_request, sizeof(*ret_request)};
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t size;

	do {
		size = recvmsg(OUR_SOCKET, &message, MSG_CMSG_CLOEXEC);
	} while (size < 0 && errno == EINTR);
	if (size <= 0)
		return false;
	take_descriptors(&message, ret_files);
	return size == (ssize_t)sizeof(*ret_request);
}

static int read_job_bytes(int fd, uint64_t size, char *ret_bytes)
{
	uint64_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, ret_bytes + done, size - done, (off_t)done);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			return -EBADMSG;
		if (got > 0)
			done += (uint64_t)got;
	}
	return 0;
}

static bool send_piece(const void *bytes, size_t size)
{
	ssize_t sent;

	do {
		sent = send(OUR_SOCKET, bytes, size, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)size;
}

static bool send_reply(uint64_t id, int error, struct view answer)
{
	struct symbol_reply reply = {
		.id = id,
		.size_bytes = error ? 0 : (uint32_t)answer.size,
		.error = error,
	};

	if (!send_piece(&reply, sizeof(reply)))
		return false;
	while (!error && answer.size) {
		struct view piece = view_take(answer, MAX_REPLY_PIECE_BYTES);

		if (!send_piece(piece.bytes, piece.size))
			return false;
		answer = view_skip(answer, piece.size);
	}
	return true;
}

/* What lies in `bytes` must outlive the call of unwind_work_run only. */
static int answer_job(struct child *child, struct view bytes, const struct received_files *files,
		      struct byte_buffer *out)
{
	static struct unwind_answer answer;
	uint64_t now_ns = clock_monotonic_ns(), budget_ns = child->job_timeout_ms * NS_PER_MS;
	struct unwind_work work = {
		.modules = child->modules,
		.perf_maps = child->perf_maps,
		.rows = &child->rows,
		.names = child->names,
		.culprit = child->culprit,
		.names_until_ns = now_ns + budget_ns / 2,
		.stacks_until_ns = now_ns + budget_ns / 4 * 3,
	};
	struct unwind_job job;
	struct arena arena;
	int r;

	arena_init(&arena, MAX_JOB_ARENA_BYTES);
	r = unwind_job_decode(bytes, files->fds + 1, files->count - 1, &arena, &job);
	if (r == 0)
		r = unwind_work_run(&work, &job, &arena, &answer);
	if (r == 0)
		r = unwind_answer_encode(&answer, out);
	arena_done(&arena);
	unwind_work_trim(&work);
	return r;
}

static bool serve_request(struct child *child, const struct symbol_request *request,
			  const struct received_files *files)
{
	struct byte_buffer out;
	char *bytes = NULL;
	bool is_sent;
	int r = files->count ? 0 : -EBADMSG;

	byte_buffer_init(&out, MAX_ANSWER_BYTES);
	if (r == 0 && request->size_bytes > MAX_JOB_BYTES)
		r = -EMSGSIZE;
	if (r == 0) {
		bytes = malloc(request->size_bytes ? request->size_bytes : 1);
		r = bytes ? read_job_bytes(files->fds[0], request->size_bytes, bytes) : -ENOMEM;
	}
	if (r == 0)
		r = answer_job(child, view_of(bytes, request->size_bytes), files, &out);
	free(bytes);
	is_sent = send_reply(request->id, r, byte_buffer_view(&out));
	byte_buffer_done(&out);
	return is_sent;
}

static void let_go(int socket_fd)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE};
	static const int defaults[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU};
	sigset_t none;

	/* The terminal's Ctrl-C is for the agent, which still wants the answers. */
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		(void)signal(defaults[i], SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_NAME, "limpet-symbols");
	if (dup2(socket_fd, OUR_SOCKET) < 0)
		_exit(EXIT_CODE_OF_SANDBOX);
	if (syscall(SYS_close_range, OUR_SOCKET + 1, ~0u, 0) < 0)
		for (int fd = OUR_SOCKET + 1; fd < sysconf(_SC_OPEN_MAX); fd++)
			(void)close(fd);
}

/* Their memory is touched as they fill: with samples, not with crashes. */
static int prepare_caches(struct child *child)
{
	int err = perf_map_cache_new(&child->perf_maps, MAX_ALL_MAPS_BYTES, MAX_PERF_MAPS);

	if (err < 0)
		return err;
	child->rows.count = MAX_ROWS;
	child->rows.rows = calloc(MAX_ROWS, sizeof(*child->rows.rows));
	return child->rows.rows ? frame_names_new(&child->names, MAX_NAMES, MAX_NAME_BYTES)
				: -ENOMEM;
}

_Noreturn void symbol_child_run(const struct symbol_child_settings *settings)
{
	struct symbol_sandbox_settings sandbox = {
		.socket_fd = OUR_SOCKET,
		.max_memory_bytes = settings->max_memory_bytes,
		.max_files = MAX_FILES,
		.parent = settings->parent,
	};
	struct child child = {
		.culprit = settings->culprit,
		.job_timeout_ms = settings->job_timeout_ms,
	};
	uint64_t cpu_seconds = settings->job_timeout_ms / 1000 + 1;
	size_t cache_bytes = MAX_CACHE_BYTES;
	struct symbol_request request;
	struct received_files files;
	int r;

	if (settings->max_memory_bytes && settings->max_memory_bytes / 2 < cache_bytes)
		cache_bytes = settings->max_memory_bytes / 2;
	let_go(settings->socket_fd);
	(void)demangle_prepare();
	(void)line_numbers_prepare();
	r = module_cache_new(&child.modules, cache_bytes, MAX_MODULES, settings->debug_root);
	if (r == 0)
		r = prepare_caches(&child);
	if (r == 0)
		r = symbol_sandbox_enter(&sandbox);
	if (!send_reply(ID_READY, r, (struct view){0}) || r < 0)
		_exit(EXIT_CODE_OF_SANDBOX);
	for (;;) {
		bool is_served;

		if (!receive_request(&request, &files))
			_exit(0);
		(void)symbol_sandbox_allow_cpu(cpu_seconds);
		is_served = serve_request(&child, &request, &files);
		close_files(&files);
		if (!is_served)
			_exit(0);
	}
}
