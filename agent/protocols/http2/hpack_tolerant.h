/*
 * Reads header blocks whose dynamic table (RFC 7541 section 2.3.2) is not known, as of connections
 * joined midway or after a loss. Entries are counted from the newest, so those learned since are
 * certain; those older than what was seen are not known, and what names them is left out.
 */
#ifndef PROTOCOLS_HTTP2_HPACK_TOLERANT_H
#define PROTOCOLS_HTTP2_HPACK_TOLERANT_H

#include "protocols/http2/http2_head.h"

struct session_budget;
struct hpack_table;

/* A block of header fields. table may be NULL: nothing is learned. False: this is no header block,
 * or it was cut (head->is_cut says so); what was read before stands in head. */
bool hpack_tolerant_read(struct hpack_table *table, struct session_budget *budget,
			 struct view block, struct http2_head *head);

/* NULL when there is no room. */
struct hpack_table *hpack_tolerant_new_table(struct session_budget *budget);
void hpack_tolerant_free_table(struct hpack_table *table, struct session_budget *budget);

/* Entries were added unseen: none of those known can be named for certain. */
void hpack_tolerant_forget(struct hpack_table *table, struct session_budget *budget);

#endif
