/* One field, one file; what cannot be read stays unknown. */
#include "discovery/proc_facts.h"

#include <errno.h>
#include <time.h>
#include "base/clock.h"

#define CGROUP_FIELDS                                                                              \
	(1u << DISCOVERY_UNIT | 1u << DISCOVERY_CONTAINER | 1u << DISCOVERY_NAMESPACE |            \
	 1u << DISCOVERY_LABEL)

int proc_facts_init(struct proc_facts *facts, const char *proc_root, const char *root,
		    struct listener_table *listeners)
{
	facts->root = root;
	facts->owner[0] = '\0';
	facts->listeners = listeners;
	return proc_reader_init(&facts->proc, proc_root);
}

/* Arguments end with NUL; a process that wrote over its own may have left several at the end, or
 * none at all, and a kernel thread never had any. */
static bool read_command(const struct proc_facts *from, struct discovery_facts *facts)
{
	struct view text = proc_reader_text(&from->proc, facts->tgid, "cmdline",
					    facts->command_bytes, sizeof(facts->command_bytes));

	while (text.size && text.bytes[text.size - 1] == '\0')
		text.size--;
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] == '\0')
			facts->command_bytes[i] = ' ';
	facts->command = text;
	return text.size || proc_reader_lives(&from->proc, facts->tgid);
}

/* A kernel thread has none, which is an answer; so had who is gone by now, which is none. */
static bool read_executable(const struct proc_facts *from, struct discovery_facts *facts)
{
	bool is_deleted;
	int error;

	errno = 0;
	facts->executable = proc_reader_executable(&from->proc, facts->tgid,
						   facts->executable_bytes, &is_deleted);
	error = errno;
	return facts->executable.size ||
	       (error == ENOENT && proc_reader_lives(&from->proc, facts->tgid));
}

static bool read_age(const struct proc_facts *from, struct discovery_facts *facts)
{
	struct timespec now = {0};
	uint64_t start_ns, now_ns;

	if (proc_reader_start_time(&from->proc, facts->tgid, &start_ns) < 0)
		return false;
	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	now_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	facts->age_ns = now_ns > start_ns ? now_ns - start_ns : 0;
	return true;
}

static bool read_user(struct proc_facts *from, struct discovery_facts *facts)
{
	if (!proc_reader_uid(&from->proc, facts->tgid, &facts->uid))
		return false;
	if (!from->owner[0] || from->owner_uid != facts->uid)
		host_identity_owner(from->root, facts->uid, from->owner);
	from->owner_uid = facts->uid;
	memcpy(facts->user, from->owner, sizeof(facts->user));
	return true;
}

static bool read_ports(const struct proc_facts *from, struct discovery_facts *facts)
{
	int err = listener_table_ports(from->listeners, facts->tgid, facts->ports,
				       MAX_DISCOVERY_PORTS, &facts->ports_count);

	if (err == -EAGAIN)
		facts->awaited |= 1u << DISCOVERY_PORT;
	return err == 0;
}

/* Who is in no container has no name of one, no namespace and no labels. */
static void read_cgroup(const struct proc_facts *from, struct discovery_facts *facts)
{
	struct container_identity container;
	char bytes[MAX_CGROUP_BYTES];
	struct view cgroup =
		proc_reader_text(&from->proc, facts->tgid, "cgroup", bytes, sizeof(bytes));

	facts->has_cgroup = true;
	if (!cgroup.size)
		return;
	if (!container_id_find_unit(cgroup, facts->unit))
		facts->unit[0] = '\0';
	facts->known |= 1u << DISCOVERY_UNIT;
	if (container_id_read(cgroup, &container)) {
		memcpy(facts->container_id, container.id, sizeof(facts->container_id));
		memcpy(facts->pod_uid, container.pod_uid, sizeof(facts->pod_uid));
		facts->runtime = container.runtime;
		return;
	}
	facts->container_id[0] = '\0';
	facts->known |= CGROUP_FIELDS;
}

void proc_facts_read(void *self, enum discovery_field field, struct discovery_facts *facts)
{
	struct proc_facts *from = self;
	bool is_known = false;

	switch (field) {
	case DISCOVERY_EXECUTABLE:
		is_known = read_executable(from, facts);
		break;
	case DISCOVERY_USER:
		is_known = read_user(from, facts);
		break;
	case DISCOVERY_MIN_AGE:
		is_known = read_age(from, facts);
		break;
	case DISCOVERY_COMMAND:
		is_known = read_command(from, facts);
		break;
	case DISCOVERY_PORT:
		is_known = read_ports(from, facts);
		break;
	default:
		if (!facts->has_cgroup)
			read_cgroup(from, facts);
	}
	if (is_known)
		facts->known |= 1u << field;
}
