/*
 * Framing and detection of the MongoDB wire protocol (specification "Wire Protocol" of the server's
 * manual, OP_MSG and OP_COMPRESSED as in the driver specifications). A claim needs a header whose
 * every field fits and behind it what that kind of message must begin with: for nearly all of them
 * a BSON document that has room in the message and names its first element.
 */
#include "protocols/mongodb/mongodb_message.h"

#include "protocols/mongodb/mongodb_bson.h"

#define MAX_NAMESPACE_BYTES 384
#define MAX_KEY_BYTES       128

static bool is_opcode(uint32_t opcode)
{
	return opcode == MONGODB_REPLY || opcode == MONGODB_UPDATE || opcode == MONGODB_INSERT ||
	       (opcode >= MONGODB_QUERY && opcode <= MONGODB_KILL_CURSORS) ||
	       opcode == MONGODB_COMPRESSED || opcode == MONGODB_MSG;
}

enum parse_result mongodb_message_read_header(struct view bytes, struct mongodb_header *ret)
{
	int32_t size;

	if (bytes.size < 4)
		return PARSE_NEED_MORE;
	size = mongodb_bson_read_int32(bytes.bytes);
	if (size <= MONGODB_HEADER_BYTES || size > MAX_MONGODB_BYTES)
		return PARSE_INVALID;
	if (bytes.size < MONGODB_HEADER_BYTES)
		return PARSE_NEED_MORE;
	if (!is_opcode((uint32_t)mongodb_bson_read_int32(bytes.bytes + 12)))
		return PARSE_INVALID;
	ret->size = (size_t)size;
	ret->request_id = (uint32_t)mongodb_bson_read_int32(bytes.bytes + 4);
	ret->response_to = (uint32_t)mongodb_bson_read_int32(bytes.bytes + 8);
	ret->opcode = (enum mongodb_opcode)mongodb_bson_read_int32(bytes.bytes + 12);
	return PARSE_DONE;
}

bool mongodb_message_fits(const struct mongodb_header *header, enum message_kind side)
{
	bool is_response = header->response_to != 0;

	if (header->opcode == MONGODB_REPLY)
		is_response = true;
	else if (header->opcode < MONGODB_COMPRESSED)
		is_response = false;
	return is_response == (side == MESSAGE_RESPONSE);
}

/* Text up to a NUL: is what is there printable, and no longer than it may be? */
static enum parse_result check_text(struct view bytes, size_t max_size, size_t *ret_size)
{
	for (size_t i = 0; i < bytes.size && i <= max_size; i++) {
		unsigned char byte = (unsigned char)bytes.bytes[i];

		*ret_size = i + 1;
		if (byte == 0)
			return i ? PARSE_DONE : PARSE_INVALID;
		if (byte < 0x20 || byte == 0x7f)
			return PARSE_INVALID;
	}
	return bytes.size > max_size ? PARSE_INVALID : PARSE_NEED_MORE;
}

/* A document that takes at most `room` bytes: its length, the type and name of its first element.
 */
static enum parse_result check_document(struct view bytes, size_t room)
{
	struct view elements;
	size_t size;
	uint8_t type;

	if (bytes.size < 4)
		return PARSE_NEED_MORE;
	if (!mongodb_bson_open(bytes, &elements, &size) || size > room)
		return PARSE_INVALID;
	if (elements.size == 0)
		return PARSE_NEED_MORE;
	type = (uint8_t)elements.bytes[0];
	if (type == 0 || (type > 0x13 && type != 0x7f && type != 0xff))
		return PARSE_INVALID;
	return check_text(view_skip(elements, 1), MAX_KEY_BYTES, &size);
}

/* size, identifier, documents */
static enum parse_result check_sequence(struct view bytes, size_t room)
{
	size_t name_size;
	int32_t size;
	enum parse_result result;

	if (bytes.size < 4)
		return PARSE_NEED_MORE;
	size = mongodb_bson_read_int32(bytes.bytes);
	if (size < 4 + 2 + MIN_BSON_BYTES || (size_t)size > room)
		return PARSE_INVALID;
	result = check_text(view_skip(bytes, 4), MAX_KEY_BYTES, &name_size);
	if (result != PARSE_DONE)
		return result;
	return 4 + name_size < (size_t)size ? check_document(view_skip(bytes, 4 + name_size),
							     (size_t)size - 4 - name_size)
					    : PARSE_INVALID;
}

static enum parse_result check_msg(struct view bytes, size_t room)
{
	uint32_t flags;

	if (bytes.size < 4)
		return PARSE_NEED_MORE;
	flags = (uint32_t)mongodb_bson_read_int32(bytes.bytes);
	if (flags & ~(MONGODB_CHECKSUM_PRESENT | MONGODB_MORE_TO_COME | MONGODB_EXHAUST_ALLOWED))
		return PARSE_INVALID;
	if (room < 4 + 1 + MIN_BSON_BYTES)
		return PARSE_INVALID;
	if (bytes.size < 5)
		return PARSE_NEED_MORE;
	if (bytes.bytes[4] == 0)
		return check_document(view_skip(bytes, 5), room - 5);
	if (bytes.bytes[4] == 1)
		return check_sequence(view_skip(bytes, 5), room - 5);
	return PARSE_INVALID;
}

/* The original opcode, the size it had, the compressor. */
static enum parse_result check_compressed(struct view bytes, size_t room)
{
	int32_t opcode, size;

	if (bytes.size < 9)
		return PARSE_NEED_MORE;
	opcode = mongodb_bson_read_int32(bytes.bytes);
	size = mongodb_bson_read_int32(bytes.bytes + 4);
	return is_opcode((uint32_t)opcode) && opcode != MONGODB_COMPRESSED &&
			       size >= MIN_BSON_BYTES && size <= MAX_MONGODB_BYTES &&
			       (unsigned char)bytes.bytes[8] <= 3 && room > 9
		       ? PARSE_DONE
		       : PARSE_INVALID;
}

/* Flags, the full name of a collection, and for a query two numbers and a document. */
static enum parse_result check_query(struct view bytes, size_t room, enum mongodb_opcode opcode)
{
	enum parse_result result;
	size_t name_size;
	struct view name;

	if (bytes.size < 4)
		return PARSE_NEED_MORE;
	if ((uint32_t)mongodb_bson_read_int32(bytes.bytes) & ~0xffu)
		return PARSE_INVALID;
	result = check_text(view_skip(bytes, 4), MAX_NAMESPACE_BYTES, &name_size);
	if (result != PARSE_DONE)
		return result;
	name = view_take(view_skip(bytes, 4), name_size);
	if (view_find_byte(name, '.') <= 0 || room < 4 + name_size + 8)
		return PARSE_INVALID;
	if (opcode != MONGODB_QUERY)
		return PARSE_DONE;
	return check_document(view_skip(bytes, 4 + name_size + 8), room - 4 - name_size - 8);
}

/* Flags, a cursor, where its documents begin and how many they are, the documents. */
static enum parse_result check_reply(struct view bytes, size_t room)
{
	int32_t from, count;

	if (bytes.size < 20)
		return PARSE_NEED_MORE;
	from = mongodb_bson_read_int32(bytes.bytes + 12);
	count = mongodb_bson_read_int32(bytes.bytes + 16);
	if ((uint32_t)mongodb_bson_read_int32(bytes.bytes) & ~0xfu || from < 0 || count < 1 ||
	    room < 20 + (size_t)count * MIN_BSON_BYTES)
		return PARSE_INVALID;
	return check_document(view_skip(bytes, 20), room - 20);
}

static enum parse_result check_content(const struct mongodb_header *header, struct view bytes)
{
	size_t room = header->size - MONGODB_HEADER_BYTES;

	bytes = view_take(view_skip(bytes, MONGODB_HEADER_BYTES), room);
	switch (header->opcode) {
	case MONGODB_MSG:
		return check_msg(bytes, room);
	case MONGODB_COMPRESSED:
		return check_compressed(bytes, room);
	case MONGODB_REPLY:
		return header->response_to ? check_reply(bytes, room) : PARSE_INVALID;
	case MONGODB_KILL_CURSORS: /* numbers only: no proof */
		return PARSE_INVALID;
	case MONGODB_QUERY:
	case MONGODB_UPDATE:
	case MONGODB_INSERT:
	case MONGODB_GET_MORE:
	case MONGODB_DELETE:
		break;
	}
	return header->response_to ? PARSE_INVALID : check_query(bytes, room, header->opcode);
}

enum detect_result mongodb_message_detect(struct view bytes)
{
	struct mongodb_header header;
	enum parse_result result = mongodb_message_read_header(bytes, &header);

	if (result == PARSE_DONE)
		result = check_content(&header, bytes);
	if (result == PARSE_INVALID)
		return DETECT_NO;
	/* What is all there and says too little will not say more. */
	if (result == PARSE_NEED_MORE)
		return bytes.size >= MONGODB_HEADER_BYTES && bytes.size >= header.size
			       ? DETECT_NO
			       : DETECT_NEED_MORE;
	return mongodb_message_fits(&header, MESSAGE_REQUEST) ? DETECT_REQUEST : DETECT_RESPONSE;
}
