/* Jobs made ready to travel. The capture thread pays one copy of the job's bytes and one descriptor
 * per file; encoding happens here, so that what cannot be encoded is refused at once. */
#include "unwinding/waiting_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "unwinding/job_files.h"
#include "unwinding/symbol_message.h"

static int duplicate_files(struct waiting_job *waiting, const struct unwind_job *job)
{
	struct job_files files;

	job_files_choose(job, &files);
	for (uint32_t i = 0; i < files.count; i++) {
		waiting->fds[i] = fcntl(files.fds[i], F_DUPFD_CLOEXEC, 0);
		if (waiting->fds[i] < 0)
			return -errno;
		waiting->files_count = i + 1;
		waiting->keys[i] = files.images[i] == NO_IMAGE ? KEY_PERF_MAP
							       : job->images[files.images[i]].key;
	}
	return 0;
}

static int write_bytes(int fd, struct view bytes)
{
	while (bytes.size) {
		ssize_t written = write(fd, bytes.bytes, bytes.size);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0)
			bytes = view_skip(bytes, (size_t)written);
	}
	return 0;
}

static int fill_job(struct waiting_job *waiting, const struct unwind_job *job)
{
	struct byte_buffer bytes;
	int r;

	waiting->id = job->id;
	waiting->bytes_fd = memfd_create("limpet-crash", MFD_CLOEXEC);
	if (waiting->bytes_fd < 0)
		return -errno;
	r = duplicate_files(waiting, job);
	if (r < 0)
		return r;
	byte_buffer_init(&bytes, MAX_JOB_BYTES);
	r = unwind_job_encode(job, &bytes);
	if (r == 0)
		r = write_bytes(waiting->bytes_fd, byte_buffer_view(&bytes));
	waiting->size_bytes = bytes.size;
	byte_buffer_done(&bytes);
	return r;
}

int waiting_job_new(struct waiting_job **ret, const struct unwind_job *job)
{
	_cleanup_(waiting_job_free) struct waiting_job *waiting = calloc(1, sizeof(*waiting));
	int r;

	if (!waiting)
		return -ENOMEM;
	waiting->bytes_fd = -1;
	r = fill_job(waiting, job);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(waiting);
	return 0;
}

void waiting_job_free(struct waiting_job **waiting)
{
	if (!*waiting)
		return;
	for (uint32_t i = 0; i < (*waiting)->files_count; i++)
		cleanup_close(&(*waiting)->fds[i]);
	cleanup_close(&(*waiting)->bytes_fd);
	free(*waiting);
	*waiting = NULL;
}

int waiting_job_send(const struct waiting_job *waiting, int socket_fd, int null_fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * (MAX_JOB_FILES + 1))];
		struct cmsghdr aligned;
	} control;
	int fds[MAX_JOB_FILES + 1] = {waiting->bytes_fd};
	size_t fds_bytes = sizeof(int) * (waiting->files_count + 1);
	struct symbol_request request = {.id = waiting->id, .size_bytes = waiting->size_bytes};
	struct iovec piece = {&request, sizeof(request)};
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(fds_bytes),
	};
	struct cmsghdr *part;

	memset(&control, 0, sizeof(control));
	for (uint32_t i = 0; i < waiting->files_count; i++)
		fds[i + 1] = waiting->is_hidden[i] ? null_fd : waiting->fds[i];
	part = CMSG_FIRSTHDR(&message);
	part->cmsg_level = SOL_SOCKET;
	part->cmsg_type = SCM_RIGHTS;
	part->cmsg_len = CMSG_LEN(fds_bytes);
	memcpy(CMSG_DATA(part), fds, fds_bytes);
	if (sendmsg(socket_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}
