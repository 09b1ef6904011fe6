/* A DNS message as it lies in a datagram, or behind its length in a stream (RFC 1035, 6891). */
#ifndef PROTOCOLS_DNS_MESSAGE_H
#define PROTOCOLS_DNS_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"
#include "protocols/dns/dns_name.h"

#define DNS_HEADER_BYTES 12

/* Fits into the fields of a struct message. */
struct dns_message {
	struct view bytes; /* of the message, as much as was captured */
	uint16_t id;
	uint16_t type; /* of the question */
	uint16_t code; /* response: of the outcome, with the part EDNS adds */
	uint8_t opcode;
	bool is_response;
	bool is_truncated; /* the server says that there was more than it could send */
	bool is_datagram;
	bool has_question;
	uint16_t counts[3]; /* records: answers, authorities, additional ones */
	uint16_t records;   /* where they begin */
};

/* The header and the question. False: this is no DNS message, or one without a question that is no
 * error. */
bool dns_message_parse(struct view bytes, struct dns_message *ret);

/* Does all of it have the form, to the last byte? Proof enough to tell it from other protocols. */
bool dns_message_is_exact(const struct dns_message *message);

/* Question names compare without regard to case, with types. 0: there is no question. */
uint64_t dns_message_subject(const struct dns_message *message);

/* The addresses among the answers, as text, one after the other: call with *cursor = 0 until it
 * says false. */
#define MAX_DNS_ADDRESS_BYTES 46
bool dns_message_next_address(const struct dns_message *message, uint32_t *cursor,
			      char buffer[MAX_DNS_ADDRESS_BYTES]);

/* "A", "NXDOMAIN", "UPDATE"; NULL for numbers without a name. */
const char *dns_message_type_word(uint16_t type);
const char *dns_message_code_word(uint16_t code);

#endif
