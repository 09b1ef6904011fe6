/* What a message of the MongoDB wire protocol asks or answers, as far as a span may show it. */
#ifndef PROTOCOLS_MONGODB_MONGODB_COMMAND_H
#define PROTOCOLS_MONGODB_MONGODB_COMMAND_H

#include "protocols/mongodb/mongodb_message.h"

/* The protocol's part of struct message. Views are empty and numbers -1 where nothing is known. */
struct mongodb_fields {
	struct view operation;  /* "find"; empty: the command could not be read */
	struct view collection; /* "orders" */
	struct view database;   /* "shop" */
	struct view code_name;  /* of an error: "DuplicateKey" */
	const char *compressor; /* NULL: not compressed */
	const char *opcode;     /* of what was compressed, NULL: not known */
	int64_t code;           /* of an error; 0: none was given */
	int64_t batch_size;     /* documents, updates or deletes in the request */
	int64_t affected;       /* "n" of the reply */
	int64_t returned_rows;
	int64_t uncompressed_bytes; /* of what was compressed, without the header */
	bool is_error;
	bool has_more_to_come; /* a request that is not answered, a reply that is not the last */
	bool is_exhaust;       /* a request that may be answered many times */
	bool has_old_rows;     /* an OP_REPLY, and the request whose OP_REPLY has rows in it */
};

static inline struct mongodb_fields *mongodb_fields_of(struct message *message)
{
	return (struct mongodb_fields *)message->fields;
}

/* bytes begin with the message (header included) and hold no other. What is not there or cannot be
 * read is not known; PARSE_INVALID says that this is no message at all. */
enum parse_result mongodb_command_read(const struct mongodb_header *header, struct view bytes,
				       struct mongodb_fields *ret);

/* Letters, digits and underscores, not many of them: the name of a command or of an error. */
bool mongodb_command_is_word(struct view name);

/* Is it a driver's look at the server (hello and its older names)? */
bool mongodb_command_is_hello(struct view operation);

#endif
