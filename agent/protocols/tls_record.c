/*
 * A hello is read where its first record holds it whole, which is the rule. Every length is checked
 * against what is there; what does not fit is a hello that says less.
 */
#include "protocols/tls_record.h"

#define HEADER_BYTES       5
#define FIRST_TYPE         20
#define LAST_TYPE          24
#define TYPE_HANDSHAKE     22
#define MAX_RECORD_BYTES   (16384 + 2048) /* RFC 5246, 6.2.3 */
#define MESSAGE_HEAD_BYTES 4
#define CLIENT_HELLO       1
#define SERVER_HELLO       2
#define RANDOM_BYTES       32
#define EXTENSION_NAME     0
#define EXTENSION_ALPN     16
#define EXTENSION_VERSIONS 43
#define LOWEST_VERSION     0x0300
#define HIGHEST_VERSION    0x0304

static uint8_t byte_at(struct view bytes, size_t i)
{
	return (uint8_t)bytes.bytes[i];
}

static uint16_t two_at(struct view bytes, size_t i)
{
	return (uint16_t)(byte_at(bytes, i) << 8 | byte_at(bytes, i + 1));
}

bool tls_record_detect(struct view bytes)
{
	uint16_t size;

	if (bytes.size < HEADER_BYTES || byte_at(bytes, 0) < FIRST_TYPE ||
	    byte_at(bytes, 0) > LAST_TYPE || byte_at(bytes, 1) != 3 || byte_at(bytes, 2) > 4)
		return false;
	size = two_at(bytes, 3);
	return size > 0 && size <= MAX_RECORD_BYTES;
}

/* Takes a vector whose size stands in size_bytes before it; empty when it is not all there. */
static struct view take_vector(struct view *bytes, size_t size_bytes)
{
	struct view vector = {0};
	size_t size;

	if (bytes->size < size_bytes) {
		*bytes = (struct view){0};
		return vector;
	}
	size = size_bytes == 1 ? byte_at(*bytes, 0) : two_at(*bytes, 0);
	*bytes = view_skip(*bytes, size_bytes);
	vector = view_take(*bytes, size);
	if (vector.size < size)
		vector.size = 0;
	*bytes = view_skip(*bytes, size <= bytes->size ? size : bytes->size);
	return vector;
}

/* What does not fit or is no plain text is left out. */
static void copy_text(char *to, size_t room, struct view text)
{
	if (text.size == 0 || text.size >= room)
		return;
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] <= ' ' || text.bytes[i] > '~')
			return;
	memcpy(to, text.bytes, text.size);
	to[text.size] = '\0';
}

/* RFC 6066, 3: a list of names, of which the first counts. */
static void read_name(struct view extension, struct tls_facts *facts)
{
	struct view list = take_vector(&extension, 2);

	if (list.size == 0 || byte_at(list, 0) != 0)
		return;
	list = view_skip(list, 1);
	copy_text(facts->server_name, sizeof(facts->server_name), take_vector(&list, 2));
}

/* RFC 7301, 3.1: of a server there is one. */
static void read_application(struct view extension, struct tls_facts *facts)
{
	struct view list = take_vector(&extension, 2);

	copy_text(facts->application, sizeof(facts->application), take_vector(&list, 1));
}

static void read_extensions(struct view bytes, bool is_client, struct tls_facts *facts)
{
	struct view list = take_vector(&bytes, 2);

	while (list.size >= 4) {
		uint16_t type = two_at(list, 0);
		struct view extension;

		list = view_skip(list, 2);
		extension = take_vector(&list, 2);
		if (is_client && type == EXTENSION_NAME)
			read_name(extension, facts);
		else if (!is_client && type == EXTENSION_ALPN)
			read_application(extension, facts);
		else if (!is_client && type == EXTENSION_VERSIONS && extension.size == 2)
			facts->version = two_at(extension, 0);
	}
}

/* Both begin alike: version, random, session id. */
static bool read_start(struct view *hello, bool is_client, struct tls_facts *facts)
{
	if (hello->size < 2 + RANDOM_BYTES + 1)
		return false;
	if (is_client) {
		memcpy(facts->random, hello->bytes + 2, sizeof(facts->random));
		facts->has_random = true;
	} else {
		facts->version = two_at(*hello, 0);
	}
	*hello = view_skip(*hello, 2 + RANDOM_BYTES);
	(void)take_vector(hello, 1);
	return true;
}

static bool read_client(struct view hello, struct tls_facts *facts)
{
	if (!read_start(&hello, true, facts))
		return false;
	(void)take_vector(&hello, 2); /* cipher suites */
	(void)take_vector(&hello, 1); /* compression methods */
	read_extensions(hello, true, facts);
	return true;
}

static bool read_server(struct view hello, struct tls_facts *facts)
{
	if (!read_start(&hello, false, facts))
		return false;
	hello = view_skip(hello, hello.size < 3 ? hello.size : 3); /* suite, compression */
	read_extensions(hello, false, facts);
	if (facts->version < LOWEST_VERSION || facts->version > HIGHEST_VERSION)
		facts->version = 0;
	return true;
}

enum tls_hello tls_record_read_hello(struct view bytes, struct tls_facts *facts)
{
	uint8_t kind;
	size_t size;

	if (bytes.size >= HEADER_BYTES &&
	    (!tls_record_detect(bytes) || byte_at(bytes, 0) != TYPE_HANDSHAKE))
		return TLS_HELLO_NONE;
	if (bytes.size < HEADER_BYTES + MESSAGE_HEAD_BYTES)
		return TLS_HELLO_CUT;
	size = two_at(bytes, 3);
	kind = byte_at(bytes, HEADER_BYTES);
	if (kind != CLIENT_HELLO && kind != SERVER_HELLO)
		return TLS_HELLO_NONE;
	bytes = view_skip(bytes, HEADER_BYTES);
	if (bytes.size < size)
		return TLS_HELLO_CUT;
	bytes = view_take(bytes, size);
	if (bytes.size < MESSAGE_HEAD_BYTES)
		return TLS_HELLO_NONE;
	size = (size_t)byte_at(bytes, 1) << 16 | two_at(bytes, 2);
	bytes = view_take(view_skip(bytes, MESSAGE_HEAD_BYTES), size);
	if (kind == CLIENT_HELLO)
		return read_client(bytes, facts) ? TLS_HELLO_CLIENT : TLS_HELLO_NONE;
	return read_server(bytes, facts) ? TLS_HELLO_SERVER : TLS_HELLO_NONE;
}

const char *tls_record_version(uint16_t version)
{
	static const char *const versions[] = {"3", "1.0", "1.1", "1.2", "1.3"};

	if (version < LOWEST_VERSION || version > HIGHEST_VERSION)
		return NULL;
	return versions[version - LOWEST_VERSION];
}
