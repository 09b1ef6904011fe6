/*
 * "START-END PERM OFFSET MAJOR:MINOR INODE   PATH": the kernel writes a newline of a path as \012.
 * The path is chosen by whoever made the file, the rest by the kernel.
 */
#include "process/process_maps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define READ_BYTES 65536

static bool parse_hex(struct view text, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.size == 0 || text.size > 16)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret = value;
	return true;
}

static bool parse_hex_pair(struct view text, char separator, uint64_t *ret_a, uint64_t *ret_b)
{
	struct view first;

	return view_next_token(&text, separator, &first) && parse_hex(first, ret_a) &&
	       parse_hex(text, ret_b);
}

/* A newline is the one character the kernel escapes here. */
static struct view unescape(struct view path, char *bytes)
{
	const struct view escape = VIEW_LITERAL("\\012");
	size_t used = 0;

	if (view_find(path, escape) < 0)
		return view_take(path, MAX_IMAGE_PATH_BYTES);
	while (path.size && used < MAX_IMAGE_PATH_BYTES) {
		bool is_escape = view_starts_with(path, escape);

		bytes[used++] = is_escape ? '\n' : path.bytes[0];
		path = view_skip(path, is_escape ? escape.size : 1);
	}
	return view_of(bytes, used);
}

int process_maps_parse_line(struct view line, char *path_bytes, struct process_mapping *ret)
{
	struct process_mapping mapping = {0};
	struct view range, permissions, offset, device, inode;
	uint64_t major, minor;

	if (!view_next_token(&line, ' ', &range) || !view_next_token(&line, ' ', &permissions) ||
	    !view_next_token(&line, ' ', &offset) || !view_next_token(&line, ' ', &device) ||
	    !view_next_token(&line, ' ', &inode))
		return -EINVAL;
	if (!parse_hex_pair(range, '-', &mapping.start, &mapping.end) ||
	    mapping.start >= mapping.end || permissions.size != 4 ||
	    !parse_hex(offset, &mapping.file_offset) ||
	    !parse_hex_pair(device, ':', &major, &minor) || major > UINT32_MAX ||
	    minor > UINT32_MAX || view_parse_u64(inode, &mapping.inode) < 0)
		return -EINVAL;
	mapping.is_executable = permissions.bytes[2] == 'x';
	mapping.device_major = (uint32_t)major;
	mapping.device_minor = (uint32_t)minor;
	while (line.size && line.bytes[0] == ' ')
		line = view_skip(line, 1);
	mapping.path = unescape(line, path_bytes);
	*ret = mapping;
	return 0;
}

int process_maps_parse(struct view text, pid_t pid, uint64_t time_ns,
		       process_maps_record_fn on_record, void *self)
{
	union image_record_buffer buffer;
	char path_bytes[MAX_IMAGE_PATH_BYTES];
	struct process_mapping mapping;
	struct view line;
	int count = 0;

	buffer.record = (struct image_record){
		.header.time_ns = time_ns, .tgid = (uint32_t)pid, .action = IMAGE_EXEC};
	on_record(self, image_record_finish(&buffer, view_of(NULL, 0)));
	while (count < MAX_MAPS_MAPPINGS && view_next_token(&text, '\n', &line)) {
		/* The vsyscall page is at the same place in every process and belongs to no file:
		 * perf does not tell of it either. */
		if (process_maps_parse_line(line, path_bytes, &mapping) < 0 ||
		    !mapping.is_executable || view_equals(mapping.path, VIEW_LITERAL("[vsyscall]")))
			continue;
		buffer.record = (struct image_record){.header.time_ns = time_ns,
						      .tgid = (uint32_t)pid,
						      .action = IMAGE_MAPPED,
						      .start = mapping.start,
						      .end = mapping.end,
						      .file_offset = mapping.file_offset,
						      .inode = mapping.inode,
						      .device_major = mapping.device_major,
						      .device_minor = mapping.device_minor};
		if (view_is_empty(mapping.path))
			mapping.path = VIEW_LITERAL("//anon");
		on_record(self, image_record_finish(&buffer, mapping.path));
		count++;
	}
	return count;
}

static int read_whole(const char *path, struct byte_buffer *text)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t part;

	if (fd < 0)
		return -errno;
	do {
		char *room = byte_buffer_reserve(text, READ_BYTES);

		if (!room)
			return 0; /* what fits */
		part = read(fd, room, READ_BYTES);
		if (part > 0)
			text->size += (size_t)part;
	} while (part > 0 || (part < 0 && errno == EINTR));
	return part < 0 ? -errno : 0;
}

int process_maps_read(const char *root, pid_t pid, uint64_t time_ns,
		      process_maps_record_fn on_record, void *self)
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;
	char path[320];
	int err;

	byte_buffer_init(&text, MAX_MAPS_BYTES);
	(void)snprintf(path, sizeof(path), "%s/%d/maps", root, (int)pid);
	err = read_whole(path, &text);
	if (err < 0)
		return err;
	/* A kernel thread, or one that has ended: nothing to replace. */
	if (text.size == 0)
		return 0;
	return process_maps_parse(byte_buffer_view(&text), pid, time_ns, on_record, self);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		(void)closedir(*directory);
}

int process_maps_read_all(const char *root, bool (*is_wanted)(void *self, pid_t pid),
			  process_maps_record_fn on_record, void *self)
{
	_cleanup_(close_directory) DIR *directory = opendir(root);
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory)) != NULL) {
		uint64_t pid;

		if (view_parse_u64(view_of_text(entry->d_name), &pid) < 0 || pid > INT32_MAX ||
		    (is_wanted && !is_wanted(self, (pid_t)pid)))
			continue;
		count += process_maps_read(root, (pid_t)pid, clock_monotonic_ns(), on_record,
					   self) > 0;
	}
	return count;
}
