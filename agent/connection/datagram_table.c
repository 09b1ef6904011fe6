/*
 * An entry lives for MAX_ANSWER_NS after the question was last said, answered or not: a question
 * said again is the same exchange, and so is what comes as a second answer. A client's socket and
 * the key name the exchange; at a server's socket the client's address does too.
 */
#include "connection/datagram_table.h"

#include <errno.h>
#include <stdlib.h>
#include "base/hash_map.h"

struct datagram_key {
	uint64_t socket;
	uint64_t key;
	uint8_t peer_address[16]; /* zero for a client */
	uint16_t peer_port;
	uint8_t is_server;
	uint8_t padding[5];
};

struct datagram_exchange {
	struct exchange exchange;
	struct connection_identity connection;
	uint64_t subject;
	uint64_t last_ns; /* when the question was last said */
	bool is_done;
};

struct datagram_table {
	struct connection_context *context;
	struct hash_map *entries; /* oldest last_ns first */
};

int datagram_table_new(struct datagram_table **ret, struct connection_context *context,
		       size_t max_exchanges)
{
	struct datagram_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	err = hash_map_new(&table->entries, sizeof(struct datagram_key),
			   sizeof(struct datagram_exchange), max_exchanges);
	if (err < 0) {
		free(table);
		return err;
	}
	table->context = context;
	*ret = table;
	return 0;
}

static void finish(struct datagram_table *table, struct datagram_exchange *entry, uint64_t end_ns)
{
	const struct connection_sink *sink = &table->context->sink;

	if (entry->is_done)
		return;
	entry->is_done = true;
	entry->exchange.end_ns = end_ns;
	sink->on_finish(sink->self, &entry->exchange);
}

static void give_up(struct datagram_table *table, struct datagram_exchange *entry, uint64_t end_ns,
		    bool is_timed_out)
{
	entry->exchange.is_aborted = true;
	entry->exchange.is_timed_out = is_timed_out;
	finish(table, entry, end_ns > entry->last_ns ? end_ns : entry->last_ns);
}

static void remove_entry(struct datagram_table *table, struct datagram_exchange *entry)
{
	(void)hash_map_remove(table->entries, hash_map_key(table->entries, entry));
}

void datagram_table_end(struct datagram_table *table, uint32_t tgid, uint64_t now_ns)
{
	struct datagram_exchange *entry;
	void *cursor = NULL;

	while ((entry = hash_map_next(table->entries, &cursor))) {
		if (tgid && entry->exchange.tgid != tgid)
			continue;
		give_up(table, entry, now_ns, false);
		remove_entry(table, entry);
	}
}

void datagram_table_free(struct datagram_table **table)
{
	if (!*table)
		return;
	datagram_table_end(*table, 0, 0);
	hash_map_free(&(*table)->entries);
	free(*table);
	*table = NULL;
}

void datagram_table_tick(struct datagram_table *table, uint64_t now_ns)
{
	struct datagram_exchange *entry;

	while ((entry = hash_map_oldest(table->entries)) &&
	       now_ns > entry->last_ns + MAX_ANSWER_NS) {
		give_up(table, entry, entry->last_ns + MAX_ANSWER_NS, true);
		remove_entry(table, entry);
	}
}

static struct datagram_key key_of(const struct datagram_record *record, uint64_t key,
				  bool is_server)
{
	struct datagram_key ret = {.socket = record->socket, .key = key, .is_server = is_server};

	if (is_server) {
		memcpy(ret.peer_address, record->peer_address, sizeof(ret.peer_address));
		ret.peer_port = record->peer_port;
	}
	return ret;
}

static void fill_connection(struct connection_identity *connection,
			    const struct datagram_record *record, bool is_server)
{
	connection->socket = record->socket;
	connection->netns = record->netns;
	connection->tgid = record->tgid;
	connection->family = record->family;
	connection->role = is_server ? ROLE_SERVER : ROLE_CLIENT;
	connection->is_datagram = true;
	memcpy(connection->local_address, record->local_address, sizeof(connection->local_address));
	memcpy(connection->peer_address, record->peer_address, sizeof(connection->peer_address));
	connection->local_port = record->local_port;
	connection->peer_port = record->peer_port;
}

static void begin(struct datagram_table *table, struct datagram_exchange *entry,
		  const struct datagram_record *record, bool is_server)
{
	struct exchange *exchange = &entry->exchange;

	*entry = (struct datagram_exchange){.last_ns = record->start_ns};
	fill_connection(&entry->connection, record, is_server);
	exchange->id = ++table->context->next_exchange_id;
	exchange->connection = &entry->connection;
	exchange->is_server = is_server;
	exchange->tgid = record->tgid;
	exchange->request_context = record->context;
	exchange->request_tid = record->tid;
	exchange->start_ns = record->start_ns;
}

/* NULL (counted) when even the oldest could not make room. */
static struct datagram_exchange *add(struct datagram_table *table, const struct datagram_key *key)
{
	struct datagram_exchange *entry = hash_map_add(table->entries, key, NULL), *oldest;

	if (entry)
		return entry;
	oldest = hash_map_oldest(table->entries);
	if (oldest) {
		if (!oldest->is_done)
			drops_count(table->context->drops, DROP_EXCHANGE_UNMATCHED);
		give_up(table, oldest, oldest->last_ns, false);
		remove_entry(table, oldest);
		entry = hash_map_add(table->entries, key, NULL);
	}
	if (!entry)
		drops_count(table->context->drops, DROP_EXCHANGE_UNMATCHED);
	return entry;
}

static void take_question(struct datagram_table *table, const struct protocol *protocol,
			  const struct datagram_record *record, struct message *message,
			  const struct datagram_label *label)
{
	bool is_server = record->direction == DIRECTION_RECEIVE;
	struct datagram_key key = key_of(record, label->key, is_server);
	struct datagram_exchange *entry = hash_map_find(table->entries, &key);
	const struct connection_sink *sink = &table->context->sink;

	if (entry && entry->subject == label->subject && !entry->is_done) {
		entry->last_ns = record->start_ns;
		entry->exchange.request_end_ns = record->start_ns;
		entry->exchange.request_bytes += record->length;
		hash_map_touch(table->entries, entry);
		return;
	}
	if (entry) {
		give_up(table, entry, record->start_ns, true);
		remove_entry(table, entry);
	}
	entry = add(table, &key);
	if (!entry)
		return;
	begin(table, entry, record, is_server);
	entry->subject = label->subject;
	entry->exchange.protocol = protocol;
	entry->exchange.request_end_ns = record->start_ns;
	entry->exchange.request_bytes = record->length;
	/* As a TCP sequence number: equal on both ends, with the addresses. */
	entry->exchange.has_sequence = true;
	entry->exchange.request_sequence = (uint32_t)(label->key ^ label->subject);
	sink->on_request(sink->self, &entry->exchange, message);
}

static void take_answer(struct datagram_table *table, const struct datagram_record *record,
			struct message *message, const struct datagram_label *label)
{
	struct datagram_key key = key_of(record, label->key, record->direction == DIRECTION_SEND);
	struct datagram_exchange *entry = hash_map_find(table->entries, &key);
	const struct connection_sink *sink = &table->context->sink;

	/* Its question was not seen, or it is not what was asked (RFC 5452, section 9.1). */
	if (!entry || (label->subject && label->subject != entry->subject)) {
		drops_count(table->context->drops, DROP_EXCHANGE_UNMATCHED);
		return;
	}
	if (entry->is_done)
		return;
	entry->exchange.response_context = record->context;
	entry->exchange.response_tid = record->tid;
	entry->exchange.response_start_ns = record->start_ns;
	entry->exchange.response_bytes = record->length;
	sink->on_response(sink->self, &entry->exchange, message);
	finish(table, entry, record->start_ns);
}

void datagram_table_take(struct datagram_table *table, const struct event *event)
{
	const struct datagram_record *record = event->datagram;
	struct datagram_label label = {0};
	struct message message;

	for (const struct protocol *const *row = protocol_registry; *row; row++) {
		if (!(*row)->parse_datagram ||
		    !(*row)->parse_datagram(event->bytes, &message, &label))
			continue;
		message.is_truncated = false;
		if (message.kind == MESSAGE_REQUEST)
			take_question(table, *row, record, &message, &label);
		else
			take_answer(table, record, &message, &label);
		return;
	}
	drops_count(table->context->drops, DROP_STREAM_UNPARSABLE);
}
