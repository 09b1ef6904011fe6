/*
 * setfsuid and its kin change one thread, as raw system calls: the C library would change all. The
 * capabilities that pass over modes are dropped by hand, as the kernel drops them only for whoever
 * comes from root.
 */
#include "process/process_identity.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/view.h"
#include "process/proc_reader.h"

#define MAX_STATUS_BYTES 8192
#define NOBODY           UINT32_MAX
#define ABOVE_MODES      (1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH)
#define MAX_OWN_GROUPS   65536

/* What follows "Uid:" and blanks. */
static bool find_line(struct view status, const char *name, struct view *ret)
{
	struct view line;

	while (view_next_token(&status, '\n', &line))
		if (view_starts_with(line, view_of_text(name))) {
			*ret = view_trim(view_skip(line, strlen(name)));
			return true;
		}
	return false;
}

/* Real, effective, saved, of files. */
static bool parse_ids(struct view line, uint32_t ret[4])
{
	for (int i = 0; i < 4; i++) {
		struct view word;
		uint64_t id;

		if (!view_next_token(&line, '\t', &word) || view_parse_u64(word, &id) < 0 ||
		    id >= NOBODY)
			return false;
		ret[i] = (uint32_t)id;
	}
	return true;
}

static void parse_groups(struct view line, struct process_identity *identity)
{
	struct view word;
	uint64_t id;

	while (identity->groups_count < MAX_IDENTITY_GROUPS && view_next_token(&line, ' ', &word))
		if (view_parse_u64(word, &id) == 0 && id < NOBODY)
			identity->groups[identity->groups_count++] = (uint32_t)id;
}

static bool is_in_our_users(const char *proc_root, pid_t pid)
{
	char path[320];
	struct stat theirs, ours;

	(void)snprintf(path, sizeof(path), "%s/%d/ns/user", proc_root, (int)pid);
	return stat(path, &theirs) == 0 && stat("/proc/self/ns/user", &ours) == 0 &&
	       theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/* Capabilities of a container with users of its own are worth something only there. */
static bool passes_modes(const char *proc_root, pid_t pid, struct view status)
{
	uint8_t bytes[8];
	struct view line;

	if (!find_line(status, "CapEff:", &line) ||
	    view_parse_hex(line, bytes, sizeof(bytes)) < 0 || !is_in_our_users(proc_root, pid))
		return false;
	return (bytes[7] & ABOVE_MODES) != 0;
}

void process_identity_read(const char *proc_root, pid_t pid, struct process_identity *ret)
{
	struct process_identity identity = {0};
	char path[320], text[MAX_STATUS_BYTES];
	uint32_t uids[4], gids[4];
	struct view status, line;
	ssize_t size;

	*ret = identity;
	(void)snprintf(path, sizeof(path), "%s/%d/status", proc_root, (int)pid);
	size = proc_reader_file(path, text, sizeof(text));
	if (size <= 0)
		return;
	status = view_of(text, (size_t)size);
	if (!find_line(status, "Uid:", &line) || !parse_ids(line, uids) ||
	    !find_line(status, "Gid:", &line) || !parse_ids(line, gids))
		return;
	/* Root may be anybody for a while; nobody else becomes another by right. */
	if (uids[0] != 0 && (uids[3] != uids[0] || gids[3] != gids[0]))
		return;
	identity.uid = uids[3];
	identity.gid = gids[3];
	if (find_line(status, "Groups:", &line))
		parse_groups(line, &identity);
	identity.is_above_modes = passes_modes(proc_root, pid, status);
	identity.is_known = true;
	*ret = identity;
}

static int get_capabilities(struct __user_cap_header_struct *header,
			    struct __user_cap_data_struct sets[2])
{
	*header = (struct __user_cap_header_struct){.version = _LINUX_CAPABILITY_VERSION_3};
	return (int)syscall(SYS_capget, header, sets);
}

static int set_capabilities(uint64_t effective)
{
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct sets[2];

	if (get_capabilities(&header, sets) < 0)
		return -EPERM;
	sets[0].effective = (uint32_t)effective;
	sets[1].effective = (uint32_t)(effective >> 32);
	return syscall(SYS_capset, &header, sets) < 0 ? -EPERM : 0;
}

/* An impossible one changes nothing and tells which it is. */
static uint32_t own_uid(void)
{
	return (uint32_t)setfsuid((uid_t)NOBODY);
}

static uint32_t own_gid(void)
{
	return (uint32_t)setfsgid((gid_t)NOBODY);
}

static int remember(struct own_identity *own)
{
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct sets[2];
	int count = getgroups(0, NULL);

	*own = (struct own_identity){.uid = own_uid(), .gid = own_gid()};
	own->dumpable = prctl(PR_GET_DUMPABLE);
	if (get_capabilities(&header, sets) < 0 || count < 0 || count > MAX_OWN_GROUPS)
		return -EPERM;
	own->capabilities = sets[0].effective | (uint64_t)sets[1].effective << 32;
	own->groups = calloc((size_t)count + 1, sizeof(*own->groups));
	if (!own->groups)
		return -ENOMEM;
	own->groups_count = getgroups(count, own->groups);
	return own->groups_count < 0 ? -EPERM : 0;
}

static bool has_same_groups(const struct process_identity *identity, const struct own_identity *own)
{
	if ((int)identity->groups_count != own->groups_count)
		return false;
	for (uint32_t i = 0; i < identity->groups_count; i++)
		if (identity->groups[i] != own->groups[i])
			return false;
	return true;
}

/* Groups while it is still allowed; the owner last but the capabilities, which the change of the
 * owner may have given or taken. */
static int change(const struct process_identity *identity, const struct own_identity *own)
{
	uint64_t capabilities = own->capabilities;

	if (!identity->is_above_modes)
		capabilities &= ~ABOVE_MODES;
	if (!has_same_groups(identity, own) &&
	    syscall(SYS_setgroups, (size_t)identity->groups_count, identity->groups) < 0)
		return -EPERM;
	(void)setfsgid(identity->gid);
	(void)setfsuid(identity->uid);
	if (own_gid() != identity->gid || own_uid() != identity->uid)
		return -EPERM;
	return set_capabilities(capabilities);
}

int process_identity_take(const struct process_identity *identity, struct own_identity *ret)
{
	int err = identity->is_known ? remember(ret) : -EPERM;

	if (!identity->is_known) {
		*ret = (struct own_identity){0};
		return -EPERM;
	}
	if (err == 0) {
		ret->is_changed = true;
		err = change(identity, ret);
	}
	if (err < 0)
		process_identity_return(ret);
	return err < 0 ? -EPERM : 0;
}

void process_identity_return(struct own_identity *own)
{
	if (own->is_changed) {
		(void)setfsuid(own->uid);
		(void)setfsgid(own->gid);
		(void)set_capabilities(own->capabilities);
		(void)syscall(SYS_setgroups, (size_t)own->groups_count, own->groups);
		/* The kernel takes it from whoever changes. */
		if (own->dumpable == 1)
			(void)prctl(PR_SET_DUMPABLE, 1);
	}
	free(own->groups);
	*own = (struct own_identity){0};
}
