/* Read twice: what is no list changes nothing. */
#include "capture/cpu_list.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "process/proc_reader.h"

/* Without /sys the C library knows some other way. */
size_t cpu_list_count_possible(void)
{
	long count = libbpf_num_possible_cpus();

	if (count <= 0)
		count = sysconf(_SC_NPROCESSORS_CONF);
	return count > 0 ? (size_t)count : 1;
}

struct view cpu_list_online(char bytes[MAX_CPU_LIST_BYTES])
{
	ssize_t size =
		proc_reader_file("/sys/devices/system/cpu/online", bytes, MAX_CPU_LIST_BYTES);

	return view_of(bytes, size < 0 ? 0 : (size_t)size);
}

static int parse_range(struct view range, uint64_t *ret_first, uint64_t *ret_last)
{
	ssize_t dash = view_find_byte(range, '-');
	int err;

	if (dash < 0) {
		err = view_parse_u64(range, ret_first);
		*ret_last = err < 0 ? 0 : *ret_first;
		return err;
	}
	err = view_parse_u64(view_take(range, (size_t)dash), ret_first);
	if (err == 0)
		err = view_parse_u64(view_skip(range, (size_t)dash + 1), ret_last);
	return err < 0 || *ret_last < *ret_first ? -EINVAL : 0;
}

/* ret_has: NULL, it is only looked at. */
static int walk(struct view list, bool *ret_has, size_t count)
{
	uint64_t first = 0, last = 0;
	struct view range;

	while (view_next_token(&list, ',', &range)) {
		if (parse_range(range, &first, &last) < 0)
			return -EINVAL;
		for (uint64_t cpu = first; ret_has && cpu <= last && cpu < count; cpu++)
			ret_has[cpu] = true;
	}
	return 0;
}

int cpu_list_parse(struct view list, bool *ret_has, size_t count)
{
	if (view_ends_with(list, VIEW_LITERAL("\n")))
		list.size--;
	if (view_is_empty(list) || walk(list, NULL, 0) < 0)
		return -EINVAL;
	memset(ret_has, 0, count * sizeof(*ret_has));
	return walk(list, ret_has, count);
}
