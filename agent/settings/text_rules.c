/*
 * Checks of text that comes from a file, the environment or a command line. They judge the shape
 * only: whether a host exists or a certificate can be read is for those who use it.
 */
#include "settings/text_rules.h"

#include "base/utf8.h"

bool text_rules_is_printable(struct view text)
{
	if (text.size > MAX_TEXT_BYTES)
		return false;
	while (text.size) {
		size_t length = utf8_printable_length(text);

		if (length == 0)
			return false;
		text = view_skip(text, length);
	}
	return true;
}

bool text_rules_is_file_name(struct view text)
{
	if (text.size > MAX_TEXT_BYTES)
		return false;
	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.bytes[i] < 0x20 || text.bytes[i] == 0x7f)
			return false;
	return true;
}

/* What follows the scheme; empty when it is neither http nor https. */
static struct view skip_scheme(struct view url)
{
	static const struct view schemes[] = {{"http://", 7}, {"https://", 8}};

	for (size_t i = 0; i < 2; i++)
		if (view_equals_ignoring_case(view_take(url, schemes[i].size), schemes[i]))
			return view_skip(url, schemes[i].size);
	return (struct view){0};
}

static struct view authority_of(struct view url)
{
	struct view rest = skip_scheme(url);
	size_t size = 0;

	while (size < rest.size && !strchr("/?#", rest.bytes[size]))
		size++;
	return view_take(rest, size);
}

struct view text_rules_url_credentials(struct view url)
{
	struct view authority = authority_of(url);
	size_t size = authority.size;

	while (size > 0 && authority.bytes[size - 1] != '@')
		size--;
	return size ? view_take(authority, size - 1) : (struct view){0};
}

static bool is_port(struct view text)
{
	uint64_t port;

	return text.size <= 5 && view_parse_u64(text, &port) == 0 && port >= 1 && port <= 65535;
}

bool text_rules_is_url(struct view text)
{
	struct view host = authority_of(text);
	struct view credentials = text_rules_url_credentials(text);
	ssize_t end;

	if (!text_rules_is_printable(text) || view_find_byte(text, ' ') >= 0)
		return false;
	if (credentials.bytes)
		host = view_skip(host, credentials.size + 1);
	if (host.size && host.bytes[0] == '[') {
		end = view_find_byte(host, ']');
		if (end < 2)
			return false;
		host = view_skip(host, (size_t)end + 1);
		return host.size == 0 || (host.bytes[0] == ':' && is_port(view_skip(host, 1)));
	}
	end = view_find_byte(host, ':');
	if (end < 0)
		return host.size > 0;
	return end > 0 && is_port(view_skip(host, (size_t)end + 1));
}

/* The decoded form is no longer than the encoded one, which the caller has bounded. */
static bool decodes_to_printable(struct view text)
{
	char decoded[MAX_TEXT_BYTES];
	size_t used = 0;

	while (text.size) {
		uint8_t byte = (uint8_t)text.bytes[0];
		size_t length = 1;

		if (byte == '%') {
			length = 3;
			if (text.size < 3 ||
			    view_parse_hex(view_take(view_skip(text, 1), 2), &byte, 1) < 0)
				return false;
		}
		decoded[used++] = (char)byte;
		text = view_skip(text, length);
	}
	return text_rules_is_printable(view_of(decoded, used));
}

bool text_rules_is_pairs(struct view text)
{
	struct view pair;

	if (!text_rules_is_printable(text))
		return false;
	while (view_next_token(&text, ',', &pair)) {
		ssize_t equals = view_find_byte(pair, '=');

		if (equals < 0 || view_trim(view_take(pair, (size_t)equals)).size == 0)
			return false;
		if (!decodes_to_printable(pair))
			return false;
	}
	return true;
}
