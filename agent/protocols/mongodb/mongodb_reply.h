/* What a server of the MongoDB wire protocol answers. */
#ifndef PROTOCOLS_MONGODB_MONGODB_REPLY_H
#define PROTOCOLS_MONGODB_MONGODB_REPLY_H

#include "protocols/mongodb/mongodb_command.h"

/* The elements of the document that answers a command. */
void mongodb_reply_read(struct view elements, struct mongodb_fields *ret);

/* What follows the header of an OP_REPLY, which has `room` bytes for it. */
enum parse_result mongodb_reply_read_old(struct view bytes, size_t room,
					 struct mongodb_fields *ret);

#endif
