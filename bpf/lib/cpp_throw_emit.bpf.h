/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * A thread that threw a C++ exception a moment ago gets a fatal signal: what it threw goes up, with
 * its name and text, which are there as long as nobody has caught it for good. libstdc++'s layouts;
 * of another library the words come out empty.
 */
#ifndef LIB_CPP_THROW_EMIT_H
#define LIB_CPP_THROW_EMIT_H

#include "lib/emit.bpf.h"
#include "maps/cpp_throws.bpf.h"
#include "maps/crash_records.bpf.h"

/* struct std::type_info: its own virtual table (says which kind of class it is about), its name,
 * and of a class with one base that base. */
struct type_words {
	__u64 kind;
	__u64 name;
	__u64 base;
};

/* As many bytes of a name as tell the two classes from all others. */
struct name_words {
	__u64 first;
	__u64 second;
	__u16 third;
};

#define NAME_WORDS_BYTES 18

/* In words: compared byte by byte it would be too many ways for the verifier. */
static __always_inline bool is_text_root(const struct name_words *name)
{
	static const char runtime[] = "St13runtime_error", logic[] = "St11logic_error";
	struct name_words expected = {};

	__builtin_memcpy(&expected.first, runtime, 8);
	__builtin_memcpy(&expected.second, runtime + 8, 8);
	__builtin_memcpy(&expected.third, runtime + 16, 2);
	if (name->first == expected.first)
		return name->second == expected.second && name->third == expected.third;
	__builtin_memcpy(&expected.first, logic, 8);
	__builtin_memcpy(&expected.second, logic + 8, 8);
	return name->first == expected.first && name->second == expected.second;
}

/* Is it one of the two classes that keep their text in the object, or derived from one? Classes of
 * another kind on the way (several bases) end it. */
static __always_inline bool has_text(__u64 type)
{
	struct name_words name;
	struct type_words words;
	__u64 kind = 0;

	for (__u32 i = 0; i < MAX_THROW_BASES; i++) {
		if (bpf_probe_read_user(&words, sizeof(words), (const void *)type) ||
		    (kind && words.kind != kind) ||
		    bpf_probe_read_user(&name, NAME_WORDS_BYTES, (const void *)words.name))
			return false;
		if (is_text_root(&name))
			return true;
		kind = words.kind;
		type = words.base;
	}
	return false;
}

static __always_inline void read_words(struct cpp_throw_record *thrown)
{
	__u64 text = 0;
	struct type_words words;
	long size;

	if (bpf_probe_read_user(&words, sizeof(words), (const void *)thrown->type))
		return;
	size = bpf_probe_read_user_str(thrown->name, sizeof(thrown->name),
				       (const void *)words.name);
	thrown->name_size = size > 0 ? size - 1 : 0;
	if (!has_text(thrown->type) ||
	    bpf_probe_read_user(&text, sizeof(text), (const void *)(thrown->object + 8)))
		return;
	size = bpf_probe_read_user_str(thrown->text, sizeof(thrown->text), (const void *)text);
	thrown->text_size = size > 0 ? size - 1 : 0;
}

static __noinline int cpp_throw_emit(__u64 now_ns)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct cpp_throw_record *thrown;

	if (!settings.has_throws)
		return 0;
	thrown = bpf_map_lookup_elem(&cpp_throws, &thread);
	if (!thrown)
		return 0;
	/* Pushed out a moment ago, it may be another thread's by now. */
	if (now_ns - thrown->header.time_ns < THROW_LIFE_NS && thrown->tid == (__u32)thread) {
		read_words(thrown);
		if (bpf_ringbuf_output(&crash_records, thrown, sizeof(*thrown), BPF_RB_NO_WAKEUP))
			drops_count(DROP_CRASH_RING_FULL);
	}
	bpf_map_delete_elem(&cpp_throws, &thread);
	return 0;
}

#endif
