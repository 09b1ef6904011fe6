/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The path of a task's executable as /proc/PID/exe says it: from the file's directory entry up to
 * the root of its mount namespace, over mounts on the way. Written from its end into the record of
 * a program's beginning. What has no such path (a mount's part of a tree that the file is not in
 * any more), or a longer one than the record holds, is not told: the agent asks /proc then. No
 * locks: who renames folders meanwhile may be told of by a path that never was.
 */
#ifndef LIB_EXECUTABLE_PATH_H
#define LIB_EXECUTABLE_PATH_H

#include "lib/kernel_compat.bpf.h"
#include "shared/beginning_record.h"

static __always_inline bool put_name(struct process_began_record *record, struct dentry *dentry,
				     __u64 *position)
{
	__u64 size = BPF_CORE_READ(dentry, d_name.len);
	__u64 start = *position - 1 - size;
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);

	verifier_must_see(size);
	verifier_must_see(start);
	if (size == 0 || size > MAX_PATH_NAME || start >= MAX_PROGRAM_PATH)
		return false;
	record->path[start] = '/';
	if (bpf_probe_read_kernel(record->path + start + 1, size, name) < 0)
		return false;
	*position = start;
	return true;
}

/* What fs/d_path.c does: 0 from where the path is whole, 1 while it goes on, -1 where it has none.
 */
static __always_inline int step_up(struct process_began_record *record, struct dentry **dentry,
				   struct mount **mount, __u64 *position)
{
	struct dentry *parent = BPF_CORE_READ(*dentry, d_parent);
	struct mount *below = BPF_CORE_READ(*mount, mnt_parent);

	if (*dentry == BPF_CORE_READ(*mount, mnt.mnt_root)) {
		if (below == *mount)
			return 0;
		*dentry = BPF_CORE_READ(*mount, mnt_mountpoint);
		*mount = below;
		return 1;
	}
	/* Its own parent, and in no mount: made in memory (memfd_create) when it is the file
	 * itself.
	 */
	if (parent == *dentry && *position != MAX_PROGRAM_PATH)
		return -1;
	if (!put_name(record, *dentry, position))
		return -1;
	if (parent == *dentry)
		return 0;
	*dentry = parent;
	return 1;
}

/* False: there is none to tell. */
static __always_inline bool executable_path_read(struct process_began_record *record,
						 struct task_struct *task)
{
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	struct mount *mount =
		(void *)BPF_CORE_READ(file, f_path.mnt) - bpf_core_field_offset(struct mount, mnt);
	__u64 position = MAX_PROGRAM_PATH;
	int more = 1;

	for (int i = 0; i < MAX_PATH_STEPS && more > 0; i++)
		more = step_up(record, &dentry, &mount, &position);
	record->path_offset = position;
	record->path_size = MAX_PROGRAM_PATH - position;
	return more == 0 && record->path_size > 0;
}

#endif
