/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Values of a Go program, read from where they lie: layouts differ between versions, and are told
 * apart by what stands there. Go's calling convention since 1.17: arguments in registers, the
 * goroutine in one of its own.
 */
#ifndef LIB_GO_VALUE_H
#define LIB_GO_VALUE_H

#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_helpers.h>
#include "maps/go_panics.bpf.h"
#include "shared/go_panic_record.h"

#if defined(__TARGET_ARCH_x86)
#define GO_ARGUMENT_1(regs)    ((regs)->ax)
#define GO_ARGUMENT_2(regs)    ((regs)->bx)
#define GO_GOROUTINE(regs)     ((regs)->r14)
#define GO_FRAME_POINTER(regs) ((regs)->bp)
#else
#define GO_ARGUMENT_1(regs)    ((regs)->regs[0])
#define GO_ARGUMENT_2(regs)    ((regs)->regs[1])
#define GO_GOROUTINE(regs)     ((regs)->regs[28])
#define GO_FRAME_POINTER(regs) ((regs)->regs[29])
#endif

/* Of the type record (internal/abi.Type), the same since Go 1.7. */
#define GO_TYPE_FLAGS      20
#define GO_TYPE_KIND       23
#define GO_TYPE_NAME       40
#define GO_KIND_MASK       31
#define GO_FLAG_EXTRA_STAR 2
#define GO_STATUS_RUNNING  2
#define GO_STATUS_PLACE    144 /* in g until 1.22 and since 1.25; one word later between */
#define GO_VARINT_MORE     0x80

/* The number of a goroutine stands behind its status, which is "running" here. */
static __always_inline __u64 go_value_goroutine(__u64 goroutine)
{
	__u32 status = 0;
	__u64 number = 0;

	for (__u32 at = GO_STATUS_PLACE; at <= GO_STATUS_PLACE + 8; at += 8) {
		if (bpf_probe_read_user(&status, sizeof(status), (void *)(goroutine + at)))
			return 0;
		if (status != GO_STATUS_RUNNING)
			continue;
		if (bpf_probe_read_user(&number, sizeof(number), (void *)(goroutine + at + 8)))
			return 0;
		return number;
	}
	return 0;
}

/* Where a _panic has the value: until 1.25 a pointer into the stack, or nothing, stands before it.
 */
static __always_inline __u64 go_value_of_panic(__u64 panic, __u64 goroutine)
{
	__u64 low = 0, high = 0, word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)panic);
	bpf_probe_read_user(&low, sizeof(low), (void *)goroutine);
	bpf_probe_read_user(&high, sizeof(high), (void *)(goroutine + 8));
	return !word || (word >= low && word <= high) ? panic + 8 : panic;
}

static __always_inline void go_value_read_string(struct go_panic_record *record, __u64 bytes,
						 __u64 size)
{
	__u64 part = size < GO_PANIC_VALUE_BYTES ? size : GO_PANIC_VALUE_BYTES;

	record->value_kind = GO_KIND_STRING;
	verifier_must_see(part);
	if (part <= GO_PANIC_VALUE_BYTES &&
	    !bpf_probe_read_user(record->value, part, (void *)bytes))
		record->value_size = size;
}

/* An interface value: its type, and where it lies. */
static __always_inline void go_value_read(struct go_panic_record *record, __u64 place)
{
	__u64 type = 0, address = 0;

	bpf_probe_read_user(&type, sizeof(type), (void *)place);
	bpf_probe_read_user(&address, sizeof(address), (void *)(place + 8));
	if (!type || bpf_probe_read_user(&record->value_kind, 1, (void *)(type + GO_TYPE_KIND)))
		return;
	record->value_kind &= GO_KIND_MASK;
	if (record->value_kind == GO_KIND_STRING) {
		/* The words are used up: a string is a pointer and a size. */
		bpf_probe_read_user(&type, sizeof(type), (void *)address);
		bpf_probe_read_user(&address, sizeof(address), (void *)(address + 8));
		go_value_read_string(record, type, address);
	} else if (record->value_kind <= GO_KIND_FLOAT64) {
		bpf_probe_read_user(&record->word, sizeof(record->word), (void *)address);
	}
}

/* A name: a byte of flags, its size (a varint of at most two bytes), its bytes. */
static __always_inline void go_value_read_name(struct go_panic_record *record, __u64 type,
					       __u64 types)
{
	__u64 size;
	__u32 offset = 0;
	__u8 head[3] = {}, flags = 0;

	if (bpf_probe_read_user(&flags, sizeof(flags), (void *)(type + GO_TYPE_FLAGS)) ||
	    bpf_probe_read_user(&offset, sizeof(offset), (void *)(type + GO_TYPE_NAME)) ||
	    bpf_probe_read_user(head, sizeof(head), (void *)(types + offset)))
		return;
	types += offset + 2;
	size = head[1];
	if (size & GO_VARINT_MORE) {
		size = (size & ~(__u64)GO_VARINT_MORE) | (__u64)head[2] << 7;
		types++;
	}
	if (size > GO_PANIC_NAME_BYTES)
		size = GO_PANIC_NAME_BYTES;
	verifier_must_see(size);
	if (size > GO_PANIC_NAME_BYTES || bpf_probe_read_user(record->name, size, (void *)types))
		return;
	record->name_size = size;
	record->name_skip = flags & GO_FLAG_EXTRA_STAR ? 1 : 0;
}

#endif
