/*
 * Replies, read from the first elements of their document: did it go well, with which code did it
 * not, how many rows came. Documents of results are counted and never opened; messages of errors
 * may quote what was asked and are walked over.
 */
#include "protocols/mongodb/mongodb_reply.h"

#include "protocols/mongodb/mongodb_bson.h"

static bool is_key(const struct mongodb_bson_element *element, const char *name)
{
	return view_equals(element->key, view_of_text(name));
}

/* {code: 11000, codeName: "DuplicateKey", errmsg: …}; the message may quote values. */
static void read_error_element(const struct mongodb_bson_element *element,
			       struct mongodb_fields *ret)
{
	int64_t code;

	if (is_key(element, "code") && mongodb_bson_integer(element, &code) && code > 0)
		ret->code = code;
	else if (is_key(element, "codeName") && element->type == BSON_STRING && !element->is_cut &&
		 mongodb_command_is_word(element->value))
		ret->code_name = element->value;
}

static void read_error_document(struct view elements, struct mongodb_fields *ret)
{
	struct mongodb_bson_element element;

	ret->is_error = true;
	if (ret->code)
		return;
	while (mongodb_bson_next(&elements, &element) == BSON_ELEMENT)
		read_error_element(&element, ret);
}

/* The first write error stands for all. */
static void read_write_errors(struct view elements, struct mongodb_fields *ret)
{
	struct mongodb_bson_element element;

	if (mongodb_bson_next(&elements, &element) == BSON_ELEMENT && element.type == BSON_DOCUMENT)
		read_error_document(element.value, ret);
}

static void read_cursor(struct view elements, struct mongodb_fields *ret)
{
	struct mongodb_bson_element element;

	while (mongodb_bson_next(&elements, &element) == BSON_ELEMENT)
		if (element.type == BSON_ARRAY &&
		    (is_key(&element, "firstBatch") || is_key(&element, "nextBatch")))
			ret->returned_rows = mongodb_bson_count(element.value);
}

static void read_reply_element(const struct mongodb_bson_element *element,
			       struct mongodb_fields *ret)
{
	int64_t number;

	if (is_key(element, "ok"))
		ret->is_error |= mongodb_bson_integer(element, &number) && number == 0;
	else if (is_key(element, "n") && mongodb_bson_integer(element, &number))
		ret->affected = number;
	else if (is_key(element, "cursor") && element->type == BSON_DOCUMENT)
		read_cursor(element->value, ret);
	else if (is_key(element, "writeErrors") && element->type == BSON_ARRAY)
		read_write_errors(element->value, ret);
	else if (is_key(element, "writeConcernError") && element->type == BSON_DOCUMENT)
		read_error_document(element->value, ret);
	else
		read_error_element(element, ret);
}

void mongodb_reply_read(struct view elements, struct mongodb_fields *ret)
{
	struct mongodb_bson_element element;

	while (mongodb_bson_next(&elements, &element) == BSON_ELEMENT)
		read_reply_element(&element, ret);
	/* A code is only one with an error. */
	if (!ret->is_error) {
		ret->code = 0;
		ret->code_name = (struct view){0};
	}
}

enum parse_result mongodb_reply_read_old(struct view bytes, size_t room, struct mongodb_fields *ret)
{
	struct view elements;
	bool has_document;
	size_t size;

	if (room < 20)
		return PARSE_INVALID;
	if (bytes.size < 20)
		return PARSE_DONE;
	has_document = mongodb_bson_open(view_skip(bytes, 20), &elements, &size);
	if (has_document)
		mongodb_reply_read(elements, ret);
	ret->has_old_rows = true;
	ret->returned_rows = mongodb_bson_read_int32(bytes.bytes + 16);
	if ((uint32_t)mongodb_bson_read_int32(bytes.bytes) & MONGODB_QUERY_FAILURE) {
		ret->returned_rows = -1;
		ret->is_error = true;
		if (has_document)
			read_error_document(elements, ret);
	}
	return PARSE_DONE;
}
