/* Files, directory entries and mounts, for host_kernel.h. */
#ifndef STUBS_HOST_FILES_H
#define STUBS_HOST_FILES_H

#include <linux/types.h>

struct inode {
	unsigned short i_mode;
	unsigned long i_ino;
};
typedef struct {
	__s64 counter;
} atomic64_t;
struct qstr {
	__u32 len;
	const unsigned char *name;
};
struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};
struct vfsmount {
	struct dentry *mnt_root;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct file {
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
	atomic64_t f_count;
};

#endif
