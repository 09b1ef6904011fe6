/*
 * Elasticsearch and OpenSearch, recognised by what their servers sign answers with
 * (X-elastic-product since 7.14, X-OpenSearch-Version), by Elasticsearch's own media type, or by
 * the name of one of their clients together with an endpoint and an answer in JSON. Attributes by
 * the semantic conventions 1.44 for Elasticsearch; identifiers of documents, scrolls and tasks are
 * no attribute of their own, and bodies are not looked at.
 */
#include "protocols/elasticsearch/elasticsearch.h"

#include <stdio.h>
#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/elasticsearch/elasticsearch_endpoint.h"

#define MAX_INDEX_BYTES 255
#define MAX_NODE_BYTES  255

static bool begins_with(struct view text, struct view word)
{
	return view_equals_ignoring_case(view_take(text, word.size), word);
}

/* "application/vnd.elasticsearch+json; compatible-with=8", and "+x-ndjson" of bulk. */
static bool is_media_type(struct view type)
{
	return begins_with(type, VIEW_LITERAL("application/vnd.elasticsearch+"));
}

static void take_request(const struct http_facts *facts, const struct exchange *exchange,
			 struct span *span, struct arena *arena)
{
	struct view agent = facts->fields[HTTP_FIELD_USER_AGENT];

	(void)exchange;
	(void)arena;
	if (is_media_type(facts->fields[HTTP_FIELD_CONTENT_TYPE]) ||
	    begins_with(agent, VIEW_LITERAL("elasticsearch-")) ||
	    begins_with(agent, VIEW_LITERAL("elastic-transport-")))
		span->notes |= HTTP_NOTE_ELASTICSEARCH;
	else if (begins_with(agent, VIEW_LITERAL("opensearch-")))
		span->notes |= HTTP_NOTE_OPENSEARCH;
}

/* Cheap, and false for nearly every response there is: the table of endpoints is not asked then. */
static bool may_be(const struct http_facts *facts, uint32_t notes)
{
	const struct view *fields = facts->fields;

	return fields[HTTP_FIELD_ELASTIC_PRODUCT].size ||
	       fields[HTTP_FIELD_OPENSEARCH_VERSION].size ||
	       notes & (HTTP_NOTE_OPENSEARCH | HTTP_NOTE_ELASTICSEARCH) ||
	       is_media_type(fields[HTTP_FIELD_CONTENT_TYPE]);
}

/* The system's name; NULL: not proven. */
static const char *recognise(const struct http_facts *facts, bool has_endpoint, uint32_t notes)
{
	const struct view *fields = facts->fields;

	if (view_equals_ignoring_case(fields[HTTP_FIELD_ELASTIC_PRODUCT],
				      VIEW_LITERAL("Elasticsearch")))
		return "elasticsearch";
	if (fields[HTTP_FIELD_OPENSEARCH_VERSION].size)
		return "opensearch";
	if (is_media_type(fields[HTTP_FIELD_CONTENT_TYPE]))
		return "elasticsearch";
	if (!has_endpoint ||
	    !begins_with(fields[HTTP_FIELD_CONTENT_TYPE], VIEW_LITERAL("application/json")))
		return NULL;
	return notes & HTTP_NOTE_OPENSEARCH      ? "opensearch"
	       : notes & HTTP_NOTE_ELASTICSEARCH ? "elasticsearch"
						 : NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Clients write the comma and "<" of date mathematics as %2C, %3C. */
static struct view decode(struct view text, char buffer[MAX_INDEX_BYTES])
{
	size_t used = 0;

	for (size_t i = 0; i < text.size && used < MAX_INDEX_BYTES; i++) {
		char c = text.bytes[i];
		int high = c == '%' && i + 2 < text.size ? hex_digit(text.bytes[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(text.bytes[i + 2]) : -1;

		if (low >= 0) {
			c = (char)(high << 4 | low);
			i += 2;
		}
		buffer[used++] = c;
	}
	return view_of(buffer, used);
}

static void describe_target(const struct elasticsearch_endpoint *endpoint, const char *system,
			    struct span *span, struct arena *arena)
{
	char buffer[MAX_INDEX_BYTES];
	struct view name = view_of_text(endpoint->operation ? endpoint->operation : system);

	if (endpoint->operation)
		attribute_set_static(&span->attributes, arena, "db.operation.name",
				     endpoint->operation);
	span->name = arena_copy(arena, name);
	if (!endpoint->index.size)
		return;
	attribute_text_set(&span->attributes, arena, "db.collection.name",
			   decode(endpoint->index, buffer), MAX_INDEX_BYTES);
	name = attribute_string(&span->attributes, "db.collection.name");
	attribute_set_string(&span->attributes, arena, "db.operation.parameter.index", name);
	span->name = arena_join(arena, span->name, VIEW_LITERAL(" "), name);
}

static void describe_status(int status, struct span *span, struct arena *arena)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", status);
	attribute_set_string(&span->attributes, arena, "db.response.status_code",
			     view_of_text(text));
}

static bool take_response(const struct http_facts *facts, const struct exchange *exchange,
			  struct span *span, struct arena *arena)
{
	struct elasticsearch_endpoint endpoint = {0};
	const struct view *fields = facts->fields;
	const char *system;
	bool has_endpoint;

	(void)exchange;
	if (!may_be(facts, span->notes))
		return false;
	has_endpoint = elasticsearch_endpoint_find(facts->method, facts->path, &endpoint);
	system = recognise(facts, has_endpoint, span->notes);
	if (!system)
		return false;
	span->operation = "db";
	span->origin = "auto.db.ebpf";
	attribute_set_static(&span->attributes, arena, "db.system.name", system);
	describe_target(&endpoint, system, span, arena);
	describe_status(facts->status, span, arena);
	/* Elastic Cloud names the cluster and the node. */
	if (fields[HTTP_FIELD_FOUND_CLUSTER].size)
		attribute_text_set(&span->attributes, arena, "db.namespace",
				   fields[HTTP_FIELD_FOUND_CLUSTER], MAX_NODE_BYTES);
	if (fields[HTTP_FIELD_FOUND_INSTANCE].size)
		attribute_text_set(&span->attributes, arena, "elasticsearch.node.name",
				   fields[HTTP_FIELD_FOUND_INSTANCE], MAX_NODE_BYTES);
	return true;
}

const struct http_refinement elasticsearch_refinement = {
	.name = "elasticsearch",
	.take_request = take_request,
	.take_response = take_response,
};
