/*
 * Mis-detection, measured: bytes of protocols and files that limpet does not speak, and a million
 * random beginnings, are claimed by no protocol of the registry. Random ones come plain, behind
 * plausible length fields, and as text, since those are what weak tests of a header let through.
 */
#include "protocols/protocol.h"

#include "cmocka_test.h"

#define RANDOM_ROUNDS    1000000
#define ROUND_BYTES      256
#define BEGINNING_ROUNDS 100000

struct foreign {
	const char *what;
	const char *bytes;
	size_t size;
};

#define FOREIGN(what, text)                                                                        \
	{                                                                                          \
		what, text, sizeof(text) - 1                                                       \
	}

static const struct foreign samples[] = {
	FOREIGN("TLS ClientHello",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x5a\x11\x8b\x3c\x90\x00\x20\x13\x02"
		"\x13\x03\x13\x01\xc0\x2c\xc0\x30\x00\x9f\xcc\xa9"),
	FOREIGN("TLS ServerHello",
		"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03\xa1\x5e\x77\x1d\x20\x13\x02\x00"),
	FOREIGN("TLS application data", "\x17\x03\x03\x00\x45\x8d\x1e\xf0\x9a\x77\x6b\x5c\x4d\x3e"),
	FOREIGN("TLS alert", "\x15\x03\x03\x00\x02\x02\x28"),
	FOREIGN("SSH", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
	FOREIGN("SSH key exchange", "\x00\x00\x05\xdc\x07\x14\x9d\x11\x1a\x6b\x52\x8e\x33\x40"),
	FOREIGN("SMTP banner", "220 mail.example ESMTP Postfix\r\n"),
	FOREIGN("SMTP",
		"EHLO client.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"),
	FOREIGN("SMTP answer", "250-mail.example\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n"),
	FOREIGN("POP3", "+OK POP3 ready <1896.697170952@mail.example>\r\n"),
	FOREIGN("IMAP", "* OK [CAPABILITY IMAP4rev1 SASL-IR] Dovecot ready.\r\n"),
	FOREIGN("FTP", "220 (vsFTPd 3.0.3)\r\n"),
	FOREIGN("FTP commands", "USER anonymous\r\nPASS guest\r\n"),
	FOREIGN("IRC", "NICK limpet\r\nUSER limpet 0 * :limpet\r\n"),
	FOREIGN("LDAP bind", "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"),
	FOREIGN("MQTT", "\x10\x16\x00\x04MQTT\x04\x02\x00\x3c\x00\x0alimpet-123"),
	FOREIGN("SOCKS5", "\x05\x01\x00"),
	FOREIGN("RDP",
		"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"),
	FOREIGN("SMB2", "\x00\x00\x00\x44\xfeSMB\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00"),
	FOREIGN("X11", "l\x00\x0b\x00\x00\x00\x12\x00\x10\x00\x00\x00MIT-MAGIC-COOKIE-1"),
	FOREIGN("D-Bus", "\x00"
			 "AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n"),
	FOREIGN("D-Bus message",
		"l\x01\x00\x01\x00\x00\x00\x00\x01\x00\x00\x00m\x00\x00\x00\x01\x01o\x00"),
	FOREIGN("ZooKeeper",
		"\x00\x00\x00\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x75\x30"),
	FOREIGN("git", "0032git-upload-pack /limpet.git\0host=git.example\0"),
	FOREIGN("rsync", "@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"),
	FOREIGN("SIP",
		"OPTIONS sip:carol@chicago.example SIP/2.0\r\nVia: SIP/2.0/UDP pc33\r\n\r\n"),
	FOREIGN("RTSP answer", "RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n"),
	FOREIGN("BitTorrent", "\x13"
			      "BitTorrent protocol\0\0\0\0\0\x10\0\x05"),
	FOREIGN("syslog", "<34>1 2026-10-11T22:14:15.003Z host su - ID47 - failed\n"),
	FOREIGN("StatsD", "requests.count:1|c\nlatency:320|ms\n"),
	FOREIGN("Graphite", "servers.web1.load 0.42 1700000000\n"),
	FOREIGN("JSON lines",
		"{\"level\":\"info\",\"message\":\"SELECT 1\"}\n{\"level\":\"warn\"}\n"),
	FOREIGN("CSV", "id,name,price\n1,rope,10\n2,sail,200\n"),
	FOREIGN("SQL file", "SELECT * FROM orders;\nINSERT INTO orders VALUES (1);\n"),
	FOREIGN("shell", "#!/bin/sh\nset -eu\nget a\nset b 0 0 1\n"),
	FOREIGN("PNG",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x02\x80\x00\x00\x01\xe0\x08\x06"),
	FOREIGN("JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00H\x00H\x00\x00\xff\xdb"),
	FOREIGN("GIF", "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00"),
	FOREIGN("PDF", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
	FOREIGN("gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00"),
	FOREIGN("zip", "PK\x03\x04\x14\x00\x00\x00\x08\x00\xd7\x9a\x5a\x4b"),
	FOREIGN("ELF", "\x7f"
		       "ELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00"),
	FOREIGN("zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	FOREIGN("ones", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	FOREIGN("a line", "hello\r\n"),
	FOREIGN("lines", "one two three\nfour five six\nseven\n"),
	FOREIGN("a JSON body", "{\"query\": \"query Orders { orders { id } }\"}"),
	FOREIGN("HTML",
		"<!DOCTYPE html><html><head><title>x</title></head><body>GET /</body></html>"),
	FOREIGN("protobuf", "\x0a\x07orders1\x10\x96\x01\x1a\x03\x08\x01\x10"),
};

static const struct protocol *claimant(struct view bytes)
{
	for (const struct protocol *const *row = protocol_registry; *row; row++) {
		enum detect_result result = (*row)->detect(bytes);

		if (result == DETECT_REQUEST || result == DETECT_RESPONSE)
			return *row;
	}
	return NULL;
}

/* Exactly sized, for ASan. */
static const struct protocol *claimant_of_copy(const char *bytes, size_t size)
{
	char *copy = malloc(size ? size : 1);
	const struct protocol *found;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	found = claimant(view_of(copy, size));
	free(copy);
	return found;
}

static void files_and_other_protocols(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		for (size_t size = 0; size <= samples[i].size; size++) {
			const struct protocol *found = claimant_of_copy(samples[i].bytes, size);

			if (found)
				fail_msg("%s claims %zu bytes of %s", found->name, size,
					 samples[i].what);
		}
}

static uint64_t random_state = 88172645463325252ULL;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void fill(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint64_t word = next_random();

		memcpy(bytes + i, &word, 8);
	}
}

static void as_text(unsigned char *bytes, size_t size)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 \r\n";

	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)letters[bytes[i] % (sizeof(letters) - 1)];
}

/* A length that fits what follows, in one of the shapes that headers have. */
static void put_length(unsigned char *bytes, size_t size, unsigned shape)
{
	uint32_t length = (uint32_t)(size - (shape & 1 ? 4 : 0));

	for (unsigned i = 0; i < 4; i++) {
		unsigned at = shape & 2 ? i : 3 - i;

		bytes[at] = (unsigned char)(length >> (8 * i));
	}
}

static void random_bytes(void **state)
{
	unsigned char bytes[ROUND_BYTES];

	(void)state;
	for (unsigned round = 0; round < RANDOM_ROUNDS; round++) {
		size_t size = 8 + next_random() % (ROUND_BYTES - 8);
		const struct protocol *found;

		fill(bytes, sizeof(bytes));
		if (round % 4 == 1)
			put_length(bytes, size, round / 4);
		else if (round % 4 == 2)
			as_text(bytes, size);
		found = claimant(view_of((const char *)bytes, size));
		if (found)
			fail_msg("%s claims random bytes (round %u, %zu bytes)", found->name, round,
				 size);
	}
}

/* What a protocol's own messages begin with; bits of the mask are random. */
struct beginning {
	const char *bytes, *mask; /* NULL: all bits are given */
	size_t size;
};

#define BEGINNING(text)                                                                            \
	{                                                                                          \
		text, NULL, sizeof(text) - 1                                                       \
	}
#define MASKED(text, of_text)                                                                      \
	{                                                                                          \
		text, of_text, sizeof(text) - 1                                                    \
	}

static const struct beginning beginnings[] = {
	BEGINNING("*1\r\n$"), /* Redis */
	BEGINNING("set k 0 "),
	BEGINNING("VALUE k "),
	BEGINNING("\0"), /* HTTP/2 */
	BEGINNING("\0\0"),
	BEGINNING("\0\0\0"),
	BEGINNING("\0\0\0\0"),
	BEGINNING("\0\0\0\0\0"),
	MASKED("\1\0\0\0\0\0", "\0\xff\xff\0\0\0"), /* AMQP */
	MASKED("\2\0\0\0\0\0", "\0\xff\xff\0\0\0"),
	MASKED("\3\0\0\0\0\0", "\0\xff\xff\0\0\0"),
	MASKED("\74\0\0\0\0", "\0\0\0\1\x1f"), /* MySQL, as long as what there is */
	BEGINNING("Q\0\0\0"),                  /* PostgreSQL */
	BEGINNING("P\0\0\0"),
	BEGINNING("B\0\0\0"),
	BEGINNING("E\0\0\0"),
	BEGINNING("C\0\0\0"),
	BEGINNING("D\0\0\0"),
	BEGINNING("S\0\0\0"),
	BEGINNING("H\0\0\0"),
	BEGINNING("T\0\0\0"),
	BEGINNING("1\0\0\0"),
	BEGINNING("Z\0\0\0"),
	BEGINNING("2\0\0\0"),
};

static void put_beginning(unsigned char *bytes, const struct beginning *beginning)
{
	for (size_t i = 0; i < beginning->size; i++) {
		unsigned mask = beginning->mask ? (unsigned char)beginning->mask[i] : 0;

		bytes[i] = (unsigned char)((bytes[i] & mask) | (unsigned char)beginning->bytes[i]);
	}
}

static void random_bytes_behind_a_beginning(void **state)
{
	unsigned char bytes[64];

	(void)state;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		for (unsigned round = 0; round < BEGINNING_ROUNDS; round++) {
			const struct protocol *found;

			fill(bytes, sizeof(bytes));
			put_beginning(bytes, &beginnings[i]);
			found = claimant(view_of((const char *)bytes, sizeof(bytes)));
			if (found)
				fail_msg("%s claims random bytes behind beginning %zu", found->name,
					 i);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_and_other_protocols),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(random_bytes_behind_a_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
