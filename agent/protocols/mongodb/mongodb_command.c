/*
 * Commands and replies, read from the first elements of their documents: the command's name is the
 * name of the first one. Only names that the server itself gives meaning to are taken: a collection
 * only from commands known to name one there, since other commands have users, scripts and
 * credentials in that place. Values of filters, documents and error messages are walked over.
 */
#include "protocols/mongodb/mongodb_command.h"

#include "protocols/mongodb/mongodb_bson.h"
#include "protocols/mongodb/mongodb_reply.h"

#define MAX_NAME_BYTES 48

/* Commands whose first value is the name of a collection. */
static const char *const collection_commands[] = {
	"find",
	"insert",
	"update",
	"delete",
	"aggregate",
	"findAndModify",
	"findandmodify",
	"count",
	"distinct",
	"createIndexes",
	"listIndexes",
	"dropIndexes",
	"deleteIndexes",
	"create",
	"drop",
	"collMod",
	"collStats",
	"collstats",
	"validate",
	"compact",
	"mapReduce",
	"mapreduce",
	"killCursors",
	"geoSearch",
	"geoNear",
	"group",
	"parallelCollectionScan",
	"planCacheClear",
	"planCacheListFilters",
	"planCacheSetFilter",
	"planCacheClearFilters",
	"reIndex",
	"convertToCapped",
	"cloneCollectionAsCapped",
	"createSearchIndexes",
	"listSearchIndexes",
	"dropSearchIndex",
	"updateSearchIndex",
};

bool mongodb_command_is_word(struct view name)
{
	if (name.size == 0 || name.size > MAX_NAME_BYTES)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.bytes[i];

		if (!((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	return true;
}

static bool is_key(const struct mongodb_bson_element *element, const char *name)
{
	return view_equals(element->key, view_of_text(name));
}

static bool names_collection(struct view operation)
{
	for (size_t i = 0; i < sizeof(collection_commands) / sizeof(collection_commands[0]); i++)
		if (view_equals(operation, view_of_text(collection_commands[i])))
			return true;
	return false;
}

bool mongodb_command_is_hello(struct view operation)
{
	return view_equals(operation, VIEW_LITERAL("hello")) ||
	       view_equals_ignoring_case(operation, VIEW_LITERAL("ismaster"));
}

static struct view text_of(const struct mongodb_bson_element *element)
{
	if (element->type != BSON_STRING || element->is_cut)
		return (struct view){0};
	return element->value;
}

/* What explain explains, what a query of old drivers wraps: the collection is that of the inner
 * command. */
static void read_inner(struct view elements, struct mongodb_fields *ret)
{
	struct mongodb_bson_element element;

	if (mongodb_bson_next(&elements, &element) == BSON_ELEMENT && names_collection(element.key))
		ret->collection = text_of(&element);
}

static void read_first(const struct mongodb_bson_element *element, struct mongodb_fields *ret)
{
	if (!mongodb_command_is_word(element->key))
		return;
	ret->operation = element->key;
	if (names_collection(element->key))
		ret->collection = text_of(element);
	else if (is_key(element, "explain") && element->type == BSON_DOCUMENT)
		read_inner(element->value, ret);
}

static bool is_batch(struct view name)
{
	return view_equals(name, VIEW_LITERAL("documents")) ||
	       view_equals(name, VIEW_LITERAL("updates")) ||
	       view_equals(name, VIEW_LITERAL("deletes")) || view_equals(name, VIEW_LITERAL("ops"));
}

static void read_request_element(const struct mongodb_bson_element *element,
				 struct mongodb_fields *ret)
{
	bool is_get_more = view_equals(ret->operation, VIEW_LITERAL("getMore"));

	if (is_key(element, "$db"))
		ret->database = text_of(element);
	else if (is_get_more && is_key(element, "collection"))
		ret->collection = text_of(element);
	else if (element->type == BSON_ARRAY && is_batch(element->key))
		ret->batch_size = mongodb_bson_count(element->value);
}

static void read_request_document(struct view elements, struct mongodb_fields *ret)
{
	struct mongodb_bson_element element;

	if (mongodb_bson_next(&elements, &element) != BSON_ELEMENT)
		return;
	if (is_key(&element, "$query") && element.type == BSON_DOCUMENT) {
		elements = element.value;
		if (mongodb_bson_next(&elements, &element) != BSON_ELEMENT)
			return;
	}
	read_first(&element, ret);
	while (mongodb_bson_next(&elements, &element) == BSON_ELEMENT)
		read_request_element(&element, ret);
}

static void read_document(struct view bytes, bool is_response, struct mongodb_fields *ret)
{
	struct view elements;
	size_t size;

	if (!mongodb_bson_open(bytes, &elements, &size))
		return;
	if (is_response)
		mongodb_reply_read(elements, ret);
	else
		read_request_document(elements, ret);
}

/* Takes the section that *bytes begin with; room is what the message has left for sections. */
static bool read_section(struct view *bytes, size_t *room, bool is_response,
			 struct mongodb_fields *ret)
{
	bool is_sequence = bytes->bytes[0] == 1;
	struct view content = view_skip(*bytes, 1), name, elements;
	size_t size;
	ssize_t end;

	if ((!is_sequence && bytes->bytes[0] != 0) ||
	    !mongodb_bson_open(content, &elements, &size) || size > *room - 1)
		return false;
	if (is_sequence) {
		end = view_find_byte(elements, '\0');
		name = view_take(elements, end < 0 ? 0 : (size_t)end);
		if (end >= 0 && is_batch(name) && size >= 4 + (size_t)end + 1)
			ret->batch_size = mongodb_bson_count_sequence(
				view_skip(elements, (size_t)end + 1), size - 4 - (size_t)end - 1);
	} else {
		read_document(content, is_response, ret);
	}
	*bytes = view_skip(content, size);
	*room -= 1 + size;
	return true;
}

static enum parse_result read_msg(struct view bytes, size_t room, bool is_response,
				  struct mongodb_fields *ret)
{
	uint32_t flags;

	if (room < 4 + 1 + MIN_BSON_BYTES)
		return PARSE_INVALID;
	if (bytes.size < 4)
		return PARSE_DONE;
	flags = (uint32_t)mongodb_bson_read_int32(bytes.bytes);
	if (flags & 0xffff & ~(MONGODB_CHECKSUM_PRESENT | MONGODB_MORE_TO_COME))
		return PARSE_INVALID;
	ret->has_more_to_come = flags & MONGODB_MORE_TO_COME;
	ret->is_exhaust = flags & MONGODB_EXHAUST_ALLOWED;
	room -= 4;
	if (flags & MONGODB_CHECKSUM_PRESENT)
		room -= room < MONGODB_CHECKSUM_BYTES ? room : MONGODB_CHECKSUM_BYTES;
	bytes = view_take(view_skip(bytes, 4), room);
	while (bytes.size && read_section(&bytes, &room, is_response, ret))
		;
	return PARSE_DONE;
}

static const char *opcode_name(int32_t opcode)
{
	switch ((enum mongodb_opcode)opcode) {
	case MONGODB_REPLY:
		return "OP_REPLY";
	case MONGODB_UPDATE:
		return "OP_UPDATE";
	case MONGODB_INSERT:
		return "OP_INSERT";
	case MONGODB_QUERY:
		return "OP_QUERY";
	case MONGODB_GET_MORE:
		return "OP_GET_MORE";
	case MONGODB_DELETE:
		return "OP_DELETE";
	case MONGODB_KILL_CURSORS:
		return "OP_KILL_CURSORS";
	case MONGODB_MSG:
		return "OP_MSG";
	case MONGODB_COMPRESSED:
		break;
	}
	return NULL;
}

/* What lies inside is not read; what it is and how large is told. */
static void read_compressed(struct view bytes, struct mongodb_fields *ret)
{
	static const char *const compressors[] = {"noop", "snappy", "zlib", "zstd"};
	unsigned int id = bytes.size >= 9 ? (unsigned char)bytes.bytes[8] : 4;
	int32_t size;

	ret->compressor = id < 4 ? compressors[id] : "unknown";
	if (bytes.size >= 4)
		ret->opcode = opcode_name(mongodb_bson_read_int32(bytes.bytes));
	if (bytes.size < 8)
		return;
	size = mongodb_bson_read_int32(bytes.bytes + 4);
	if (size >= 0 && size <= MAX_MONGODB_BYTES)
		ret->uncompressed_bytes = size;
}

/* "shop.orders.old" is the collection orders.old of the database shop. */
static bool split_namespace(struct view text, struct mongodb_fields *ret)
{
	ssize_t dot = view_find_byte(text, '.');

	if (dot <= 0)
		return false;
	ret->database = view_take(text, (size_t)dot);
	ret->collection = view_skip(text, (size_t)dot + 1);
	return true;
}

/* The messages of before OP_MSG: four bytes, and except for one kind the collection. */
static void read_old_request(enum mongodb_opcode opcode, struct view bytes,
			     struct mongodb_fields *ret)
{
	ssize_t end = view_find_byte(view_skip(bytes, 4), '\0');
	struct view name = view_take(view_skip(bytes, 4), end < 0 ? 0 : (size_t)end);

	ret->has_more_to_come = opcode != MONGODB_QUERY && opcode != MONGODB_GET_MORE;
	if (opcode == MONGODB_KILL_CURSORS) {
		ret->operation = VIEW_LITERAL("killCursors");
		return;
	}
	if (end < 0 || !split_namespace(name, ret))
		return;
	if (opcode == MONGODB_QUERY && view_equals(ret->collection, VIEW_LITERAL("$cmd"))) {
		ret->collection = (struct view){0};
		read_document(view_skip(bytes, 4 + name.size + 1 + 8), false, ret);
		return;
	}
	ret->has_old_rows = opcode == MONGODB_QUERY || opcode == MONGODB_GET_MORE;
	ret->operation = opcode == MONGODB_QUERY    ? VIEW_LITERAL("find")
			 : opcode == MONGODB_INSERT ? VIEW_LITERAL("insert")
			 : opcode == MONGODB_UPDATE ? VIEW_LITERAL("update")
			 : opcode == MONGODB_DELETE ? VIEW_LITERAL("delete")
						    : VIEW_LITERAL("getMore");
}

enum parse_result mongodb_command_read(const struct mongodb_header *header, struct view bytes,
				       struct mongodb_fields *ret)
{
	bool is_response = mongodb_message_fits(header, MESSAGE_RESPONSE);
	size_t room = header->size - MONGODB_HEADER_BYTES;

	*ret = (struct mongodb_fields){
		.batch_size = -1, .affected = -1, .returned_rows = -1, .uncompressed_bytes = -1};
	bytes = view_take(view_skip(bytes, MONGODB_HEADER_BYTES), room);
	switch (header->opcode) {
	case MONGODB_MSG:
		return read_msg(bytes, room, is_response, ret);
	case MONGODB_COMPRESSED:
		read_compressed(bytes, ret);
		return PARSE_DONE;
	case MONGODB_REPLY:
		return mongodb_reply_read_old(bytes, room, ret);
	case MONGODB_UPDATE:
	case MONGODB_INSERT:
	case MONGODB_QUERY:
	case MONGODB_GET_MORE:
	case MONGODB_DELETE:
	case MONGODB_KILL_CURSORS:
		break;
	}
	read_old_request(header->opcode, bytes, ret);
	return PARSE_DONE;
}
