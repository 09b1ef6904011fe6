/* Three reads: the object, then each of its strings with its head. */
#include "process/python_code.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/uio.h>
#include "process/python_version.h"

#define CODE_BYTES      160 /* all that is looked at lies in its first ones */
#define TEXT_LENGTH     16
#define TEXT_STATE      32
#define TEXT_HEAD       40
#define FIRST_QUALIFIED 11
#define MAX_LINE        100000000u

static int read_memory(pid_t pid, uint64_t address, void *bytes, size_t size)
{
	struct iovec local = {bytes, size};
	struct iovec remote = {(void *)(uintptr_t)address, size};
	ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	if (got < 0)
		return -errno;
	return got == (ssize_t)size ? 0 : -EFAULT;
}

static uint64_t word_at(const char *bytes, size_t offset)
{
	uint64_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

static int read_text(pid_t pid, const struct python_layout *layout, uint64_t address,
		     struct python_text *ret, char *bytes, uint32_t room)
{
	char head[TEXT_HEAD];
	struct python_text text;
	uint64_t size;
	int err = read_memory(pid, address, head, sizeof(head));

	if (err < 0)
		return err;
	text.length = word_at(head, TEXT_LENGTH);
	text.state = (uint32_t)word_at(head, TEXT_STATE);
	text.captured = 0;
	if (!(text.state & PYTHON_TEXT_IS_COMPACT) || text.length > UINT32_MAX)
		return -EFAULT;
	address += text.state & PYTHON_TEXT_IS_ASCII ? layout->text_ascii : layout->text_other;
	size = text.length * PYTHON_TEXT_KIND(text.state);
	text.captured = size < room ? (uint32_t)size : room;
	err = text.captured ? read_memory(pid, address, bytes, text.captured) : 0;
	if (err == 0)
		*ret = text;
	return err;
}

int python_code_read(pid_t pid, uint64_t address, int minor, struct python_code *ret)
{
	const struct python_layout *layout = python_version_layout(minor);
	char code[CODE_BYTES];
	uint64_t name;
	int err;

	if (!layout)
		return -EOPNOTSUPP;
	err = read_memory(pid, address, code, sizeof(code));
	if (err < 0)
		return err;
	memcpy(&ret->first_line, code + layout->code_first_line, sizeof(ret->first_line));
	if (ret->first_line > MAX_LINE)
		return -EFAULT;
	name = layout->code_name + (minor >= FIRST_QUALIFIED ? sizeof(uint64_t) : 0);
	err = read_text(pid, layout, word_at(code, name), &ret->name, ret->name_bytes,
			sizeof(ret->name_bytes));
	if (err == 0)
		err = read_text(pid, layout, word_at(code, layout->code_file), &ret->file,
				ret->file_bytes, sizeof(ret->file_bytes));
	return err == -EIO ? -EFAULT : err;
}
