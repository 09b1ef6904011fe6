/* Sockets by their inode, which is unique over all namespaces. Each scan marks what it saw; what it
 * did not see is gone. */
#include "discovery/listener_table.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define MAX_DESCRIPTORS      4096  /* of one process that are looked at */
#define DESCRIPTORS_PER_SCAN 32768 /* of all: whoever has many may execute often */
#define LISTENING            "0A"

struct listener {
	uint16_t port;
	uint32_t scan;
};

struct network_namespace {
	pid_t pid; /* who is in it with the lowest number: of all the likeliest to stay */
	uint32_t scan;
};

struct listener_table {
	char root[256];
	const struct discovery_rules *rules;
	struct hash_map *listeners;  /* inode → struct listener */
	struct hash_map *namespaces; /* inode → struct network_namespace */
	uint32_t scan;
	uint32_t looked_at; /* descriptors, since the last scan */
	bool has_new;
};

int listener_table_new(struct listener_table **ret, const char *proc_root)
{
	_cleanup_(listener_table_free) struct listener_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	if (strlen(proc_root) >= sizeof(table->root))
		return -ENAMETOOLONG;
	strcpy(table->root, proc_root);
	err = hash_map_new(&table->listeners, sizeof(uint64_t), sizeof(struct listener),
			   MAX_LISTENERS);
	if (err == 0)
		err = hash_map_new(&table->namespaces, sizeof(uint64_t),
				   sizeof(struct network_namespace), MAX_NETWORK_NAMESPACES);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(table);
	return 0;
}

void listener_table_free(struct listener_table **table)
{
	if (!*table)
		return;
	if ((*table)->listeners)
		hash_map_free(&(*table)->listeners);
	if ((*table)->namespaces)
		hash_map_free(&(*table)->namespaces);
	free(*table);
	*table = NULL;
}

static bool is_wanted(const struct listener_table *table, uint16_t port)
{
	const struct discovery_rules *rules = table->rules;

	for (uint32_t i = 0; rules && i < rules->values_count; i++)
		if (rules->values[i].field == DISCOVERY_PORT && port >= rules->values[i].first &&
		    port <= rules->values[i].last)
			return true;
	return false;
}

static void forget_unseen(struct hash_map *map, size_t offset, uint32_t scan)
{
	void *cursor = NULL, *value;

	while ((value = hash_map_next(map, &cursor))) {
		uint64_t key = *(const uint64_t *)hash_map_key(map, value);

		if (*(const uint32_t *)((const char *)value + offset) != scan)
			(void)hash_map_remove(map, &key);
	}
}

void listener_table_set_rules(struct listener_table *table, const struct discovery_rules *rules)
{
	table->rules = rules;
	table->scan++;
	forget_unseen(table->listeners, offsetof(struct listener, scan), table->scan);
}

/* "  sl  local_address rem_address   st …": the address ends with ":PORT". */
bool listener_table_parse_line(struct view line, uint16_t *ret_port, uint64_t *ret_inode)
{
	struct view field, local = {0}, state = {0}, inode = {0};
	uint8_t port[2];
	int number = 0;

	while (number < 10 && view_next_token(&line, ' ', &field)) {
		if (!field.size)
			continue;
		if (number == 1)
			local = field;
		else if (number == 3)
			state = field;
		else if (number == 9)
			inode = field;
		number++;
	}
	if (number < 10 || local.size < 5 || local.bytes[local.size - 5] != ':' ||
	    !view_equals(state, VIEW_LITERAL(LISTENING)) ||
	    view_parse_hex(view_skip(local, local.size - 4), port, 2) < 0 ||
	    view_parse_u64(inode, ret_inode) < 0)
		return false;
	*ret_port = (uint16_t)(port[0] << 8 | port[1]);
	return true;
}

static void note(struct listener_table *table, uint16_t port, uint64_t inode)
{
	struct listener *listener;
	bool is_new;

	if (!inode || !is_wanted(table, port))
		return;
	listener = hash_map_add(table->listeners, &inode, &is_new);
	if (!listener)
		return;
	table->has_new = table->has_new || is_new || listener->port != port;
	*listener = (struct listener){port, table->scan};
}

/* False: that process is gone. Behind the listening sockets come the others. */
static bool read_sockets(struct listener_table *table, pid_t pid, const char *file)
{
	_cleanup_(cleanup_fclose) FILE *stream = NULL;
	_cleanup_(cleanup_free) char *line = NULL;
	size_t capacity = 0;
	char path[320];
	uint64_t inode;
	uint16_t port;
	ssize_t size;

	(void)snprintf(path, sizeof(path), "%s/%d/net/%s", table->root, (int)pid, file);
	stream = fopen(path, "re");
	if (!stream)
		return false;
	if (getline(&line, &capacity, stream) < 0)
		return true;
	while ((size = getline(&line, &capacity, stream)) > 0 &&
	       listener_table_parse_line(view_of(line, (size_t)size), &port, &inode))
		note(table, port, inode);
	return true;
}

static bool read_link(const char *path, const char *prefix, uint64_t *ret_inode)
{
	char text[64];
	ssize_t size = readlink(path, text, sizeof(text));
	struct view inside = view_of(text, size > 0 ? (size_t)size : 0);

	if (!view_starts_with(inside, view_of_text(prefix)) ||
	    !view_ends_with(inside, VIEW_LITERAL("]")))
		return false;
	inside = view_skip(inside, strlen(prefix));
	return view_parse_u64(view_take(inside, inside.size - 1), ret_inode) == 0;
}

static void find_namespaces(struct listener_table *table)
{
	DIR *folder = opendir(table->root);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		struct network_namespace *namespace_;
		uint64_t pid, inode;
		char path[600];

		if (view_parse_u64(view_of_text(entry->d_name), &pid) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s/ns/net", table->root, entry->d_name);
		if (!read_link(path, "net:[", &inode))
			continue;
		namespace_ = hash_map_add(table->namespaces, &inode, NULL);
		if (namespace_ && (namespace_->scan != table->scan || (pid_t)pid < namespace_->pid))
			*namespace_ = (struct network_namespace){(pid_t)pid, table->scan};
	}
	if (folder)
		(void)closedir(folder);
	forget_unseen(table->namespaces, offsetof(struct network_namespace, scan), table->scan);
}

/* False: of one or more nothing could be read. */
static bool read_namespaces(struct listener_table *table)
{
	struct network_namespace *namespace_;
	void *cursor = NULL;
	bool is_whole = true;

	while ((namespace_ = hash_map_next(table->namespaces, &cursor))) {
		bool is_read = read_sockets(table, namespace_->pid, "tcp");

		is_whole = is_whole && is_read;
		(void)read_sockets(table, namespace_->pid, "tcp6");
	}
	return is_whole;
}

bool listener_table_scan(struct listener_table *table, bool finds_namespaces)
{
	bool is_whole;

	if (!table->rules || !(table->rules->fields & 1u << DISCOVERY_PORT))
		return false;
	table->scan++;
	table->looked_at = 0;
	table->has_new = false;
	if (finds_namespaces)
		find_namespaces(table);
	is_whole = read_namespaces(table);
	/* Who stood for a namespace has ended: others may be in it still. */
	if (!is_whole && !finds_namespaces) {
		find_namespaces(table);
		is_whole = read_namespaces(table);
	}
	/* Of a namespace whose process has just gone nothing is known until the next look. */
	if (is_whole)
		forget_unseen(table->listeners, offsetof(struct listener, scan), table->scan);
	return table->has_new;
}

int listener_table_ports(struct listener_table *table, pid_t tgid, uint16_t *ret_ports,
			 uint32_t max_ports, uint32_t *ret_count)
{
	const struct dirent *entry;
	uint32_t count = 0, seen = 0;
	char path[600];
	DIR *folder;

	*ret_count = 0;
	if (hash_map_count(table->listeners) == 0)
		return 0;
	if (table->looked_at >= DESCRIPTORS_PER_SCAN)
		return -EAGAIN;
	(void)snprintf(path, sizeof(path), "%s/%d/fd", table->root, (int)tgid);
	folder = opendir(path);
	if (!folder)
		return -errno;
	while (count < max_ports && seen++ < MAX_DESCRIPTORS && (entry = readdir(folder))) {
		const struct listener *listener;
		uint64_t inode;

		table->looked_at++;
		(void)snprintf(path, sizeof(path), "%s/%d/fd/%s", table->root, (int)tgid,
			       entry->d_name);
		if (!read_link(path, "socket:[", &inode))
			continue;
		listener = hash_map_find(table->listeners, &inode);
		if (listener)
			ret_ports[count++] = listener->port;
	}
	(void)closedir(folder);
	*ret_count = count;
	return 0;
}
