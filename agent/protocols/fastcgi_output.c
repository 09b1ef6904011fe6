/*
 * The head of a response: CGI headers in STDOUT, up to the empty line; STDERR may come in between.
 * The status is a header ("Status: 500 …") and 200 where there is none. The head ends inside a
 * record: what is left of that is said in the message, and fastcgi_body.c begins behind it.
 */
#include "protocols/fastcgi_output.h"

#include "protocols/fastcgi_params.h"
#include "protocols/fastcgi_record.h"

#define MAX_LINE_KEPT 64 /* the status is told by the beginning of a line */

struct head {
	char line[MAX_LINE_KEPT];
	size_t line_size; /* also of what was not kept */
	bool has_colon;
	bool has_output;
	bool has_location;
	int status;
};

enum line_result { LINE_GOES_ON, LINE_IS_LAST, LINE_IS_NONE };

static int read_status(struct view text)
{
	uint64_t status;

	text = view_trim(text);
	if (text.size < 3 || view_parse_u64(view_take(text, 3), &status) < 0 || status < 100 ||
	    status > 599 || (text.size > 3 && text.bytes[3] != ' ' && text.bytes[3] != '\r'))
		return 0;
	return (int)status;
}

static bool is_named(struct view line, struct view name)
{
	return view_equals_ignoring_case(view_take(line, name.size), name);
}

static void read_line(struct head *head, struct view line)
{
	static const struct view status = {.bytes = "Status:", .size = 7};
	static const struct view location = {.bytes = "Location:", .size = 9};
	static const struct view http = {.bytes = "HTTP/1.", .size = 7};

	if (is_named(line, status) && !head->status)
		head->status = read_status(view_skip(line, status.size));
	else if (is_named(line, location))
		head->has_location = true;
	else if (view_starts_with(line, http) && !head->status)
		head->status = read_status(view_skip(line, http.size + 1));
}

static enum line_result end_line(struct head *head)
{
	size_t kept = head->line_size < MAX_LINE_KEPT ? head->line_size : MAX_LINE_KEPT;
	struct view line = view_of(head->line, kept);
	bool is_header = head->has_colon || view_starts_with(line, VIEW_LITERAL("HTTP/1."));

	head->line_size = 0;
	head->has_colon = false;
	if (line.size == 0 || view_equals(line, VIEW_LITERAL("\r")))
		return LINE_IS_LAST;
	if (!is_header)
		return LINE_IS_NONE;
	read_line(head, line);
	return LINE_GOES_ON;
}

/* *ret_used: up to the end of the headers, or all of it. */
static enum line_result take_content(struct head *head, struct view content, size_t *ret_used)
{
	head->has_output |= content.size > 0;
	for (size_t i = 0; i < content.size; i++) {
		char c = content.bytes[i];
		enum line_result result;

		if (c != '\n') {
			head->has_colon |= c == ':';
			if (head->line_size < MAX_LINE_KEPT)
				head->line[head->line_size] = c;
			head->line_size++;
			continue;
		}
		result = end_line(head);
		if (result != LINE_GOES_ON) {
			*ret_used = i + 1;
			return result;
		}
	}
	*ret_used = content.size;
	return LINE_GOES_ON;
}

static struct message *begin_message(struct head *head, size_t consumed, struct message *ret)
{
	struct fastcgi_fields *fields = (struct fastcgi_fields *)ret->fields;

	memset(ret, 0, offsetof(struct message, fields) + sizeof(*fields));
	ret->kind = MESSAGE_RESPONSE;
	ret->head_size = consumed;
	fields->status = head->status;
	return ret;
}

/* Nginx, Apache and PHP agree: without a status it is 200, with a Location 302. */
static void finish_status(struct head *head)
{
	if (!head->status)
		head->status = head->has_location ? 302 : 200;
}

static enum parse_result finish_truncated(struct head *head, size_t size, struct message *ret)
{
	if (!head->status)
		return PARSE_INVALID;
	begin_message(head, size, ret);
	ret->framing = BODY_UNTIL_CLOSE;
	ret->is_truncated = true;
	return PARSE_DONE;
}

static void finish_in_record(struct head *head, size_t consumed,
			     const struct fastcgi_record *record, size_t used, struct message *ret)
{
	finish_status(head);
	begin_message(head, consumed, ret);
	ret->framing = BODY_CHUNKED;
	ret->body_payload = record->content_size - used;
	ret->body_size = ret->body_payload + record->padding_size;
}

enum parse_result fastcgi_output_parse(struct view bytes, bool is_final,
				       struct message *ret_message, size_t *ret_consumed)
{
	struct head head = {0};
	struct fastcgi_record record;
	struct view rest = bytes;

	for (;;) {
		enum parse_result result = fastcgi_record_read(rest, &record);
		size_t at = bytes.size - rest.size, used = 0;

		if (result == PARSE_INVALID)
			return PARSE_INVALID;
		if (result == PARSE_NEED_MORE)
			break;
		if (record.type == FASTCGI_STDOUT) {
			switch (take_content(&head, record.content, &used)) {
			case LINE_IS_NONE:
				return PARSE_INVALID;
			case LINE_IS_LAST:
				*ret_consumed = at + FASTCGI_HEADER_BYTES + used;
				finish_in_record(&head, *ret_consumed, &record, used, ret_message);
				return PARSE_DONE;
			case LINE_GOES_ON:
				break;
			}
		} else if (record.type != FASTCGI_STDERR && record.type != FASTCGI_END_REQUEST &&
			   record.id != 0) {
			return PARSE_INVALID;
		}
		if (rest.size < record.size)
			break;
		rest = view_skip(rest, record.size);
		if (record.type == FASTCGI_END_REQUEST) {
			*ret_consumed = at + record.size;
			begin_message(&head, *ret_consumed, ret_message);
			return PARSE_DONE;
		}
	}
	if (!is_final)
		return PARSE_NEED_MORE;
	*ret_consumed = bytes.size;
	return finish_truncated(&head, bytes.size, ret_message);
}
