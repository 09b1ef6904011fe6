/*
 * A file marked with effective capabilities does not start at all in a container that withholds one
 * of them; marked with permitted ones it starts with what is left, and must put them in force
 * itself. Nothing is gained here that the kernel had not granted at the start.
 */
#include "base/file_capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

int file_capabilities_raise(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2];

	if (syscall(SYS_capget, &header, sets) < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		sets[i].effective = sets[i].permitted;
	return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}
