/* The file exporter: encode, append, and cut back what a full disk left of an envelope. */
#include "exporters/sentry/sentry_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "exporters/sentry/dsn.h"
#include "exporters/sentry/envelope_writer.h"
#include "exporters/sigpipe_guard.h"

#define WRITE_PATIENCE_MS 5000 /* for the reader of a pipe */

struct sentry_file {
	struct exporter exporter;
	struct dsn dsn;
	struct envelope_writer writer;
	char *path;
	int fd;
};

static struct sentry_file *from_exporter(struct exporter *exporter)
{
	return (struct sentry_file *)exporter;
}

static int wait_for_room(int fd)
{
	struct pollfd wanted = {.fd = fd, .events = POLLOUT};

	return poll(&wanted, 1, WRITE_PATIENCE_MS) == 0 ? -ETIMEDOUT : 0;
}

static int write_all(int fd, struct view rest)
{
	while (rest.size) {
		ssize_t written = write(fd, rest.bytes, rest.size);
		int r = written < 0 ? -errno : 0;

		if (r == -EAGAIN)
			r = wait_for_room(fd);
		if (r < 0 && r != -EINTR)
			return r;
		if (written > 0)
			rest = view_skip(rest, (size_t)written);
	}
	return 0;
}

/* A file is cut back to where the envelope began when not all of it could be written. */
static int append_whole(int fd, struct view bytes)
{
	struct sigpipe_guard guard;
	struct stat before;
	bool is_regular = fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
	int r;

	sigpipe_guard_begin(&guard);
	r = write_all(fd, bytes);
	sigpipe_guard_end(&guard);
	if (r < 0 && is_regular)
		(void)!ftruncate(fd, before.st_size);
	return r;
}

static int write_item(struct sentry_file *file, struct item *item)
{
	struct transaction_summary summary;

	switch (item->kind) {
	case ITEM_SEGMENT:
		return envelope_writer_transaction(&file->writer, item->segment, 0, &summary);
	case ITEM_CRASH:
		return envelope_writer_crash(&file->writer, item->crash,
					     envelope_writer_parts(item->crash), 0);
	case ITEM_SESSION:
		return envelope_writer_sessions(&file->writer, &item, 1, 0);
	case ITEM_PROFILE: /* in parts: write_profile */
	case ITEM_KINDS_COUNT:
		break;
	}
	return -EINVAL;
}

/* An envelope for each of its parts. */
static int append_profile(struct sentry_file *file, const struct profile *profile,
			  uint32_t *ret_rejected)
{
	_cleanup_(profile_chunks_done) struct profile_chunks chunks = {0};
	int r = profile_chunks_init(&chunks, profile);

	for (uint32_t i = 0; r == 0 && i < chunks.count; i++) {
		if (envelope_writer_profile(&file->writer, &chunks, i, 0) < 0)
			*ret_rejected = 1;
		else
			r = append_whole(file->fd, byte_buffer_view(&file->writer.bytes));
	}
	return r;
}

static int append_item(struct sentry_file *file, struct item *item, uint32_t *ret_rejected)
{
	*ret_rejected = 0;
	if (item->kind == ITEM_PROFILE)
		return append_profile(file, item->profile, ret_rejected);
	if (write_item(file, item) < 0) {
		*ret_rejected = 1;
		return 0;
	}
	return append_whole(file->fd, byte_buffer_view(&file->writer.bytes));
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct sentry_file *file = from_exporter(exporter);
	char shown_path[128];
	int r;

	*ret_result = (struct export_result){.outcome = EXPORT_SENT};
	for (uint32_t i = 0; i < batch->count; i++) {
		uint32_t rejected;

		r = append_item(file, batch->items[i], &rejected);
		if (rejected) {
			ret_result->rejected_count++;
			ret_result->reason = DROP_ENCODE_FAILED;
		}
		if (r == 0)
			continue;
		ret_result->rejected_count += batch->count - i;
		ret_result->reason = DROP_OUTPUT_FAILED;
		(void)snprintf(ret_result->message, sizeof(ret_result->message),
			       "cannot write envelopes to '%s': %s",
			       log_escape(view_of_text(file->path), shown_path, sizeof(shown_path)),
			       strerror(-r));
		break;
	}
	if (ret_result->rejected_count && ret_result->rejected_count == batch->count)
		ret_result->outcome = EXPORT_DROPPED;
}

static void close_file(struct exporter **exporter)
{
	struct sentry_file *file = *exporter ? from_exporter(*exporter) : NULL;

	if (!file)
		return;
	cleanup_close(&file->fd);
	envelope_writer_done(&file->writer);
	dsn_done(&file->dsn);
	free(file->path);
	free(file);
	*exporter = NULL;
}

static const struct exporter_ops file_ops = {
	.name = "sentry_file",
	.export = export_batch,
	.close = close_file,
	.is_local = true,
	.wanted_kinds = ITEM_ALL,
};

int sentry_file_new(struct exporter **ret, const char *path, const char *dsn_or_null,
		    char *ret_error, size_t error_size)
{
	_cleanup_(close_file) struct exporter *exporter = NULL;
	struct sentry_file *file = calloc(1, sizeof(*file));
	char shown_path[128];
	int r;

	(void)snprintf(ret_error, error_size, "out of memory");
	if (!file)
		return -ENOMEM;
	exporter = &file->exporter;
	exporter->ops = &file_ops;
	file->fd = -1;
	r = dsn_or_null ? dsn_parse(&file->dsn, dsn_or_null, ret_error, error_size) : 0;
	if (r < 0)
		return r;
	envelope_writer_init(&file->writer, file->dsn.public_key, file->dsn.organization_id);
	file->path = strdup(path);
	if (!file->path)
		return -ENOMEM;
	/* Requests of other people are in it: for its owner only. O_NONBLOCK: a pipe without a
	 * reader is an error, not a place to wait. */
	file->fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
	if (file->fd < 0) {
		r = -errno;
		(void)snprintf(ret_error, error_size,
			       "cannot open '%s' for Sentry envelopes: %s; choose a file you may "
			       "write with --sentry-file",
			       log_escape(view_of_text(path), shown_path, sizeof(shown_path)),
			       strerror(-r));
		return r;
	}
	*ret = TAKE_PTR(exporter);
	return 0;
}

void sentry_file_set_profiled(struct exporter *exporter)
{
	envelope_writer_set_profiled(&from_exporter(exporter)->writer);
}
