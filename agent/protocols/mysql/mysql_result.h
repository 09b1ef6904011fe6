/* The place within an answer: which packet comes next, and which one is the last. */
#ifndef PROTOCOLS_MYSQL_MYSQL_RESULT_H
#define PROTOCOLS_MYSQL_MYSQL_RESULT_H

#include "protocols/mysql/mysql_session.h"

enum mysql_step { MYSQL_STEP_ON, MYSQL_STEP_END, MYSQL_STEP_INVALID };

/* The next packet of the answer to the oldest command. *ret_ending with MYSQL_STEP_END. */
enum mysql_step mysql_result_take(struct mysql_session *session, const struct mysql_packet *packet,
				  struct mysql_ending *ret_ending);

/*
 * Packets were lost, one answer is awaited. Do these bytes end with a packet that ends it, or one
 * of its results? Where that begins.
 */
bool mysql_result_find_end(const struct mysql_session *session, struct view bytes,
			   size_t *ret_offset);

#endif
