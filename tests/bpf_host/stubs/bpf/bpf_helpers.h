/*
 * The kernel's helpers for programs compiled for the host: maps are small arrays found by the
 * address of their definition, the ring is a list of exactly sized blocks (so that ASan sees a
 * write beyond one), reads of user memory fail on demand.
 */
#ifndef STUBS_BPF_HELPERS_H
#define STUBS_BPF_HELPERS_H

#include <stdlib.h>
#include <string.h>
#include "host_ring.h"

#define SEC(name)
#define __weak __attribute__((weak))
#define __ksym
#define __uint(name, val) int(*name)[val]
#define __type(name, val) __typeof__(val) *name
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __noinline      __attribute__((noinline, unused))

#define STUB_MAPS        11
#define STUB_MAP_ENTRIES 64
#define STUB_MAP_BYTES   3072

struct stub_entry {
	_Alignas(8) char value[STUB_MAP_BYTES];
	char key[16];
	bool is_used;
};

struct stub_map {
	const void *map;
	size_t key_size, value_size, max_entries;
	struct stub_entry entries[STUB_MAP_ENTRIES];
};

static struct stub_map stub_maps[STUB_MAPS];
static __u64 stub_now_ns, stub_pid_tgid;
static int stub_reads_until_failure;               /* -1: none fails */
static bool (*stub_is_readable)(const void *from); /* NULL: everything is */
static void *stub_task;

static inline struct stub_map *stub_map_of(const void *map)
{
	for (int i = 0; i < STUB_MAPS; i++)
		if (stub_maps[i].map == map)
			return &stub_maps[i];
	abort();
}

static inline void stub_map_add(int slot, const void *map, size_t key_size, size_t value_size,
				size_t max_entries)
{
	memset(&stub_maps[slot], 0, sizeof(stub_maps[slot]));
	stub_maps[slot].map = map;
	stub_maps[slot].key_size = key_size;
	stub_maps[slot].value_size = value_size;
	stub_maps[slot].max_entries = max_entries;
}

static inline void *bpf_map_lookup_elem(const void *map, const void *key)
{
	struct stub_map *stub = stub_map_of(map);

	for (size_t i = 0; i < stub->max_entries; i++)
		if (stub->entries[i].is_used &&
		    memcmp(stub->entries[i].key, key, stub->key_size) == 0)
			return stub->entries[i].value;
	return NULL;
}

static inline long bpf_map_update_elem(const void *map, const void *key, const void *value,
				       __u64 flags)
{
	struct stub_map *stub = stub_map_of(map);
	void *found = bpf_map_lookup_elem(map, key);

	if (found && flags == 1)
		return -17;
	for (size_t i = 0; !found && i < stub->max_entries; i++) {
		if (stub->entries[i].is_used)
			continue;
		stub->entries[i].is_used = true;
		memcpy(stub->entries[i].key, key, stub->key_size);
		found = stub->entries[i].value;
	}
	if (!found)
		return -7;
	memcpy(found, value, stub->value_size);
	return 0;
}

static inline long bpf_map_delete_elem(const void *map, const void *key)
{
	struct stub_entry *entry = bpf_map_lookup_elem(map, key);

	if (!entry)
		return -2;
	entry->is_used = false;
	return 0;
}

static inline long bpf_probe_read_kernel(void *to, __u64 size, const void *from)
{
	memmove(to, from, size);
	return 0;
}

static inline long bpf_probe_read_user(void *to, __u64 size, const void *from)
{
	if (!size) /* access_ok: of nothing at NULL, too */
		return 0;
	if (stub_reads_until_failure == 0 || !from || (stub_is_readable && !stub_is_readable(from)))
		return -14;
	if (stub_reads_until_failure > 0)
		stub_reads_until_failure--;
	memcpy(to, from, size);
	return 0;
}

static inline long bpf_probe_read_user_str(void *to, __u32 size, const void *from)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	((char *)to)[length] = 0;
	return (long)length + 1;
}

static inline __u64 bpf_ktime_get_ns(void)
{
	return ++stub_now_ns;
}

static inline __u64 bpf_get_current_pid_tgid(void)
{
	return stub_pid_tgid;
}

static inline __u32 bpf_get_smp_processor_id(void)
{
	return 3;
}

static inline __u64 bpf_get_current_task(void)
{
	return (__u64)(unsigned long)stub_task;
}

static inline void *bpf_get_current_task_btf(void)
{
	return stub_task;
}

static inline long bpf_task_pt_regs(void *task)
{
	return (long)task;
}

static inline __u64 bpf_get_current_uid_gid(void)
{
	return 1000ull << 32 | 1001;
}

static inline long bpf_get_current_comm(void *to, __u32 size)
{
	strncpy(to, "host", size);
	return 0;
}

#endif
