/*
 * The table: finds the connection of each event, keeps the short list of those with something under
 * way, and lets go of what is over. Unknown ids are segments whose announcement was lost: counted,
 * never guessed.
 */
#include "connection/connection_table.h"

#include <errno.h>
#include <stdlib.h>
#include "base/hash_map.h"
#include "connection/connection.h"
#include "connection/datagram_table.h"
#include "connection/tls_ciphertext.h"
#include "connection/unknown_call.h"

#define ASK_AFTER_NS (10 * 1000000ull) /* quiet for so long: ask the kernel how far it is */
#define ASK_AGAIN_NS (20 * 1000000ull)
#define MAX_ASKED    64 /* per tick: the bound on what asking costs */
#define ORPHAN_GRACE_NS                                                                            \
	(200 * 1000000ull) /* the kernel's own ends of a dying process come within */

struct connection_table {
	struct connection_context context;
	struct hash_map *connections; /* id -> struct connection */
	struct connection *waiting;   /* a ring through waiting_next */
	struct datagram_table *datagrams;
	struct tls_handovers tls_handovers;
};

struct connection_context *connection_table_context(struct connection_table *table)
{
	return &table->context;
}

int connection_table_new(struct connection_table **ret,
			 const struct connection_table_settings *settings,
			 const struct connection_sink *sink, struct drops *drops)
{
	struct connection_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	err = hash_map_new(&table->connections, sizeof(uint64_t), sizeof(struct connection),
			   settings->max_connections);
	if (err < 0) {
		free(table);
		return err;
	}
	err = datagram_table_new(&table->datagrams, &table->context, settings->max_connections);
	if (err == 0)
		err = shared_names_new(&table->context.names, MAX_SHARED_NAMES, MAX_SHARED_BYTES);
	if (err < 0) {
		datagram_table_free(&table->datagrams);
		hash_map_free(&table->connections);
		free(table);
		return err;
	}
	table->context.sink = *sink;
	table->context.drops = drops;
	table->context.has_calls = settings->has_calls;
	table->context.budget.max_bytes = settings->max_session_bytes;
	exchange_pool_init(&table->context.pool, settings->max_connections * 4);
	*ret = table;
	return 0;
}

/* The list of connections with something under way, newest last. */
static void wait_for(struct connection_table *table, struct connection *connection)
{
	struct connection *first = table->waiting;

	if (connection->is_waiting)
		return;
	connection->is_waiting = true;
	if (!first) {
		connection->waiting_next = connection->waiting_previous = connection;
		table->waiting = connection;
		return;
	}
	connection->waiting_next = first;
	connection->waiting_previous = first->waiting_previous;
	first->waiting_previous->waiting_next = connection;
	first->waiting_previous = connection;
}

static void stop_waiting(struct connection_table *table, struct connection *connection)
{
	if (!connection->is_waiting)
		return;
	connection->is_waiting = false;
	if (connection->waiting_next == connection) {
		table->waiting = NULL;
		return;
	}
	connection->waiting_next->waiting_previous = connection->waiting_previous;
	connection->waiting_previous->waiting_next = connection->waiting_next;
	if (table->waiting == connection)
		table->waiting = connection->waiting_next;
}

static void update_waiting(struct connection_table *table, struct connection *connection)
{
	if (connection->dies_ns || connection_is_waiting(connection))
		wait_for(table, connection);
	else
		stop_waiting(table, connection);
}

static void remove_connection(struct connection_table *table, struct connection *connection,
			      uint64_t now_ns)
{
	uint64_t id = connection->identity.id;

	stop_waiting(table, connection);
	connection_done(connection, now_ns);
	hash_map_remove(table->connections, &id);
}

/* A body may have ended without a record of its own: what the kernel knows of it is asked for. */
void connection_table_finish(struct connection_table *table, uint64_t now_ns)
{
	struct connection *connection;

	datagram_table_end(table->datagrams, 0, now_ns);
	while ((connection = hash_map_oldest(table->connections))) {
		if (now_ns && table->context.sink.ask_progress && connection_is_waiting(connection))
			table->context.sink.ask_progress(table->context.sink.self,
							 &connection->identity);
		remove_connection(table, connection, now_ns);
	}
}

void connection_table_free(struct connection_table **table)
{
	if (!*table)
		return;
	connection_table_finish(*table, 0);
	datagram_table_free(&(*table)->datagrams);
	hash_map_free(&(*table)->connections);
	shared_names_free(&(*table)->context.names);
	exchange_pool_done(&(*table)->context.pool);
	free(*table);
	*table = NULL;
}

static void take_open(struct connection_table *table, const struct connection_open_record *open)
{
	struct connection *connection;
	bool is_new;

	connection = hash_map_add(table->connections, &open->connection, &is_new);
	if (!connection) {
		drops_count(table->context.drops, DROP_CONNECTION_TABLE_FULL);
		connection = hash_map_oldest(table->connections);
		if (connection)
			remove_connection(table, connection, open->header.time_ns);
		connection = hash_map_add(table->connections, &open->connection, &is_new);
	}
	if (!connection || !is_new)
		return;
	connection_init(connection, table, open);
	tls_ciphertext_take_over(connection, &table->tls_handovers);
}

static void take_segment(struct connection_table *table, const struct event *event)
{
	const struct segment_record *segment = event->segment;
	struct connection *connection = hash_map_find(table->connections, &segment->connection);

	if (!connection) {
		drops_count(table->context.drops, DROP_CONNECTION_UNKNOWN);
		return;
	}
	connection_take(connection, segment, event->bytes);
	update_waiting(table, connection);
}

static bool is_last(const struct connection *connection, uint32_t reason)
{
	return reason == END_TCP_CLOSED || reason == END_REPLACED ||
	       (reason == END_CLOSED && connection->identity.family == FAMILY_UNIX);
}

void connection_table_take(struct connection_table *table, const struct event *event)
{
	struct connection *connection;

	switch (event->kind) {
	case RECORD_CONNECTION_OPEN:
		take_open(table, event->open);
		return;
	case RECORD_SEGMENT:
		take_segment(table, event);
		return;
	case RECORD_DATAGRAM:
		datagram_table_take(table->datagrams, event);
		return;
	case RECORD_CONNECTION_END:
	case RECORD_CONNECTION_PROGRESS:
		connection = hash_map_find(table->connections, &event->end->connection);
		if (!connection)
			return;
		if (event->kind == RECORD_CONNECTION_PROGRESS)
			connection_progress(connection, event->end);
		else if (event->end->reason == END_IS_TLS)
			tls_ciphertext_give_over(connection, &table->tls_handovers);
		else
			connection_end(connection, event->end);
		if (is_last(connection, event->end->reason))
			remove_connection(table, connection, event->time_ns);
		else
			update_waiting(table, connection);
		return;
	default:
		return;
	}
}

void connection_table_process_exited(struct connection_table *table, uint32_t tgid, uint64_t now_ns)
{
	struct connection *connection;
	void *cursor = NULL;

	datagram_table_end(table->datagrams, tgid, now_ns);
	while ((connection = hash_map_next(table->connections, &cursor)))
		if (connection->identity.tgid == tgid) {
			connection->dies_ns = now_ns + ORPHAN_GRACE_NS;
			wait_for(table, connection);
		}
}

/* One of the waiting, at a tick. True when it was asked after. */
static bool attend(struct connection_table *table, struct connection *connection, uint64_t now_ns)
{
	if (connection->dies_ns && now_ns >= connection->dies_ns) {
		if (table->context.sink.forget)
			table->context.sink.forget(table->context.sink.self, &connection->identity);
		remove_connection(table, connection, now_ns);
		return false;
	}
	unknown_call_end_idle(connection, now_ns);
	update_waiting(table, connection);
	if (!connection_is_waiting(connection))
		return false;
	if (now_ns < connection->last_ns + ASK_AFTER_NS ||
	    now_ns < connection->asked_ns + ASK_AGAIN_NS)
		return false;
	connection->asked_ns = now_ns;
	if (!table->context.sink.ask_progress)
		return false;
	table->context.sink.ask_progress(table->context.sink.self, &connection->identity);
	return true;
}

void connection_table_tick(struct connection_table *table, uint64_t now_ns)
{
	struct connection *connection = table->waiting;
	size_t left = hash_map_count(table->connections), asked = 0;

	datagram_table_tick(table->datagrams, now_ns);
	while (connection && table->waiting && left-- && asked < MAX_ASKED) {
		struct connection *next = connection->waiting_next;
		bool is_single = next == connection;

		asked += attend(table, connection, now_ns);
		/* The list goes round: whoever was attended to is last from now on. */
		if (is_single || !table->waiting)
			break;
		table->waiting = next;
		connection = next;
	}
}

size_t connection_table_count(const struct connection_table *table)
{
	return hash_map_count(table->connections);
}
