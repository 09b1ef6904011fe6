/*
 * Messages: header, question, and a walk over the records for addresses and EDNS (RFC 1035, section
 * 4.1; RFC 6891 for the OPT record). Total: every length is checked where it is used, and what was
 * not captured is not there.
 */
#include "protocols/dns/dns_message.h"

#include <arpa/inet.h>
#include <ctype.h>

#define FLAG_RESPONSE  0x8000
#define FLAG_TRUNCATED 0x0200
#define FLAG_RESERVED  0x0040
#define TYPE_A         1
#define TYPE_AAAA      28
#define TYPE_OPT       41
#define CLASS_IN       1
#define CLASS_ANY      255

#define OPCODE_QUERY  0
#define OPCODE_NOTIFY 4
#define OPCODE_UPDATE 5

static uint16_t read_u16(struct view bytes, size_t offset)
{
	const unsigned char *at = (const unsigned char *)bytes.bytes + offset;

	return (uint16_t)(at[0] << 8 | at[1]);
}

struct record {
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	struct view value;
	size_t end;
};

/* The record at `offset`; false when it is not there as a whole. */
static bool read_record(struct view bytes, size_t offset, struct record *ret)
{
	size_t at, size;

	if (!dns_name_skip(bytes, offset, &at) || at > bytes.size || bytes.size - at < 10)
		return false;
	size = read_u16(bytes, at + 8);
	if (bytes.size - at - 10 < size)
		return false;
	ret->type = read_u16(bytes, at);
	ret->class = read_u16(bytes, at + 2);
	ret->ttl = (uint32_t)read_u16(bytes, at + 4) << 16 | read_u16(bytes, at + 6);
	ret->value = view_of(bytes.bytes + at + 10, size);
	ret->end = at + 10 + size;
	return true;
}

/* The upper bits of the code are in the OPT record, if that was captured. */
static void read_extension(struct dns_message *message)
{
	uint32_t count = (uint32_t)message->counts[0] + message->counts[1] + message->counts[2];
	size_t offset = message->records;
	struct record record;

	for (uint32_t i = 0; i < count && read_record(message->bytes, offset, &record); i++) {
		if (record.type == TYPE_OPT) {
			message->code |= (uint16_t)(record.ttl >> 24 << 4);
			return;
		}
		offset = record.end;
	}
}

static bool is_known_opcode(uint8_t opcode)
{
	return opcode == OPCODE_QUERY || opcode == OPCODE_NOTIFY || opcode == OPCODE_UPDATE;
}

static bool read_question(struct view bytes, struct dns_message *message)
{
	char buffer[MAX_DNS_NAME_BYTES];
	struct view name;
	size_t end;
	uint16_t class;

	if (!dns_name_read(bytes, DNS_HEADER_BYTES, buffer, &name) ||
	    !dns_name_skip(bytes, DNS_HEADER_BYTES, &end) || bytes.size - end < 4)
		return false;
	message->type = read_u16(bytes, end);
	class = read_u16(bytes, end + 2);
	message->records = (uint16_t)(end + 4);
	message->has_question = true;
	/* Internet, Chaos, Hesiod, none, any; a question of no type means nothing. */
	return message->type && class && (class <= 4 || class >= 254) && class <= CLASS_ANY;
}

bool dns_message_parse(struct view bytes, struct dns_message *ret)
{
	struct dns_message message = {.bytes = bytes, .records = DNS_HEADER_BYTES};
	uint16_t flags, questions;

	if (bytes.size < DNS_HEADER_BYTES)
		return false;
	flags = read_u16(bytes, 2);
	questions = read_u16(bytes, 4);
	message.id = read_u16(bytes, 0);
	message.is_response = flags & FLAG_RESPONSE;
	message.is_truncated = flags & FLAG_TRUNCATED;
	message.opcode = flags >> 11 & 15;
	message.code = flags & 15;
	for (int i = 0; i < 3; i++)
		message.counts[i] = read_u16(bytes, 6 + 2 * (size_t)i);
	if ((flags & FLAG_RESERVED) || !is_known_opcode(message.opcode) || questions > 1)
		return false;
	if (questions ? !read_question(bytes, &message) : !message.is_response || !message.code)
		return false;
	if (message.is_response)
		read_extension(&message);
	else if (message.code || (message.opcode == OPCODE_QUERY && message.counts[0]))
		return false;
	*ret = message;
	return true;
}

bool dns_message_is_exact(const struct dns_message *message)
{
	uint32_t count = (uint32_t)message->counts[0] + message->counts[1] + message->counts[2];
	size_t offset = message->records;
	struct record record;

	for (uint32_t i = 0; i < count; i++) {
		if (!read_record(message->bytes, offset, &record))
			return false;
		offset = record.end;
	}
	return message->has_question && offset == message->bytes.size;
}

uint64_t dns_message_subject(const struct dns_message *message)
{
	uint64_t hash = 0xcbf29ce484222325ull; /* FNV-1a */

	if (!message->has_question)
		return 0;
	for (size_t i = DNS_HEADER_BYTES; i < message->records; i++)
		hash = (hash ^ (uint64_t)tolower((unsigned char)message->bytes.bytes[i])) *
		       0x100000001b3ull;
	return hash ? hash : 1;
}

/* *cursor: how many answers were looked at. */
bool dns_message_next_address(const struct dns_message *message, uint32_t *cursor,
			      char buffer[MAX_DNS_ADDRESS_BYTES])
{
	size_t offset = message->records;
	struct record record;

	if (!message->is_response || message->opcode != OPCODE_QUERY)
		return false;
	for (uint32_t i = 0; i < message->counts[0]; i++) {
		if (!read_record(message->bytes, offset, &record))
			return false;
		offset = record.end;
		if (i < *cursor)
			continue;
		*cursor = i + 1;
		if (record.class != CLASS_IN)
			continue;
		if (record.type == TYPE_A && record.value.size == 4)
			return inet_ntop(AF_INET, record.value.bytes, buffer,
					 MAX_DNS_ADDRESS_BYTES) != NULL;
		if (record.type == TYPE_AAAA && record.value.size == 16)
			return inet_ntop(AF_INET6, record.value.bytes, buffer,
					 MAX_DNS_ADDRESS_BYTES) != NULL;
	}
	return false;
}

/* IANA's registry of DNS parameters. */
const char *dns_message_type_word(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *word;
	} words[] = {
		{1, "A"},      {2, "NS"},     {5, "CNAME"},  {6, "SOA"},      {12, "PTR"},
		{13, "HINFO"}, {15, "MX"},    {16, "TXT"},   {17, "RP"},      {28, "AAAA"},
		{29, "LOC"},   {33, "SRV"},   {35, "NAPTR"}, {37, "CERT"},    {39, "DNAME"},
		{43, "DS"},    {44, "SSHFP"}, {46, "RRSIG"}, {47, "NSEC"},    {48, "DNSKEY"},
		{50, "NSEC3"}, {52, "TLSA"},  {59, "CDS"},   {60, "CDNSKEY"}, {64, "SVCB"},
		{65, "HTTPS"}, {99, "SPF"},   {249, "TKEY"}, {250, "TSIG"},   {251, "IXFR"},
		{252, "AXFR"}, {255, "ANY"},  {256, "URI"},  {257, "CAA"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].type == type)
			return words[i].word;
	return NULL;
}

const char *dns_message_code_word(uint16_t code)
{
	static const char *const words[] = {
		"NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",   "REFUSED",
		"YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE",  "DSOTYPENI",
		NULL,       NULL,      NULL,       NULL,       "BADVERS",  "BADKEY",
		"BADTIME",  "BADMODE", "BADNAME",  "BADALG",   "BADTRUNC", "BADCOOKIE",
	};

	return code < sizeof(words) / sizeof(words[0]) ? words[code] : NULL;
}
